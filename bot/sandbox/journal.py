"""The sandbox's world on disk, so that it outlives the process that Hush runs in, as Discord does.

One JSON line each time a server, channel, person, message, interaction, file or command changes:

    {"kind": "message", "id": "1234", "value": {...}}          # value null: it is gone

The last line of each thing counts; opening writes them together anew. A kill loses nothing that the bot was
told about, since a line is written before the bot hears. Answers only one person sees are kept as long as
any, as an open Discord would show them; the interactions that they answer for as long as those can be used.
"""

import base64
import functools
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from simcord.backend.models import Channel, Guild, Interaction, Message, StageInstance, User

FILE_NAME: Final = "sandbox-world.jsonl"

_SHAPES: Final[Mapping[str, TypeAdapter[Any]]] = {
    "user": TypeAdapter(User),
    "guild": TypeAdapter(Guild),
    "channel": TypeAdapter(Channel),
    "message": TypeAdapter(Message),
    "stage": TypeAdapter(StageInstance),
    "interaction": TypeAdapter(Interaction),
}
_ANSWERS: Final = ("respond_with_message", "defer", "defer_update", "update_source")
"""What an interaction goes through that gives it a message."""
_UNKEPT: Final = {"guild": {"audit_log_entries"}}


class WorldJournal:
    """Keeps one SimCord backend in one file. `rebuild` first, then `follow`, then `close`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: dict[tuple[str, str], str] = {}
        self._users: dict[int, User] = {}
        self._lines: Any = None

    def rebuild(self, backend: Any) -> bool:
        """Fill a fresh backend with what the file holds; return whether that was anything.

        The bot is in no voice channel afterwards: its connection ended with its process.
        """
        things = dict(self._read())
        if not things:
            return False
        me = things.pop(("bot", ""))
        backend.users.clear()
        backend.application_id = me["application_id"]
        for (kind, key), value in things.items():
            _put(backend, kind, key, value)
        backend.bot_user = backend.users[me["user_id"]]
        for guild in backend.guilds.values():
            guild.voice_states.pop(backend.bot_user.id, None)
        return True

    def follow(self, backend: Any) -> None:
        """Write everything there is, then whatever changes, until closed."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".fresh")
        self._lines = fresh.open("wb", buffering=0)
        self._note(backend, _everything(backend))
        fresh.replace(self._file)
        backend.subscribers.insert(0, lambda event, payload: self._note(backend, _touched(event, payload)))
        # What SimCord tells no subscriber of.
        backend.register_commands = self._noting(backend, backend.register_commands)
        backend.create_message = self._noting(backend, backend.create_message)
        backend.edit_message = self._noting(backend, backend.edit_message)
        new_interaction = backend.new_interaction

        def followed(*args: Any) -> Interaction:
            interaction: Interaction = new_interaction(*args)
            for answer in _ANSWERS:
                setattr(interaction, answer, self._noting(backend, getattr(interaction, answer)))
            return interaction

        backend.new_interaction = followed

    def _noting(self, backend: Any, act: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same act, after which it is written what it changed."""

        @functools.wraps(act)
        def noted(*args: Any, **options: Any) -> Any:
            done = act(*args, **options)
            self._note(backend, [("message", done.id)] if isinstance(done, Message) else ())
            return done

        return noted

    def close(self) -> None:
        if self._lines is not None:
            self._lines.close()
            self._lines = None

    def _read(self) -> Iterator[tuple[tuple[str, str], Any]]:
        if not self._file.exists():
            return
        latest: dict[tuple[str, str], Any] = {}
        for line in self._file.read_bytes().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # the kill came while it was written
                continue
            latest[entry["kind"], entry["id"]] = entry["value"]
        yield from ((key, value) for key, value in latest.items() if value is not None)

    def _note(self, backend: Any, touched: Iterable[tuple[str, int]]) -> None:
        if self._lines is None:
            return
        open_ones = (("interaction", i.id) for i in list(backend.interactions.values()) if i.message_id)
        for kind, value_id in itertools.chain(touched, open_ones):
            self._write(kind, str(value_id), _get(backend, kind, value_id))
        for user in list(backend.users.values()):
            if self._users.get(user.id) != user:  # hundreds of them: dumping each at every event took seconds
                self._users[user.id] = replace(user)
                self._write("user", str(user.id), _SHAPES["user"].dump_python(user, mode="json"))
        for scope, commands in backend.commands.items():
            self._write("commands", str(scope or ""), list(commands.values()))
        for url, data in list(simcord_files(backend).items()):
            if ("file", url) not in self._written:
                self._write("file", url, base64.b64encode(data).decode())
        self._write("bot", "", {"application_id": backend.application_id, "user_id": backend.bot_user.id})

    def _write(self, kind: str, key: str, value: Any) -> None:
        line = json.dumps({"kind": kind, "id": key, "value": value}, separators=(",", ":"))
        if self._written.get((kind, key)) != line:
            self._written[kind, key] = line
            self._lines.write(line.encode() + b"\n")


def simcord_files(backend: Any) -> dict[str, bytes]:
    """Return the uploaded files of a backend, by address."""
    files: dict[str, bytes] = backend.cdn._blobs  # noqa: SLF001 - the version is checked in simcord_bridge
    return files


def _everything(backend: Any) -> Iterator[tuple[str, int]]:
    yield from (("guild", guild_id) for guild_id in backend.guilds)
    yield from (("channel", channel_id) for channel_id in backend.channels)
    yield from (("stage", channel_id) for channel_id in backend.stage_instances)
    yield from (
        ("message", message.id) for messages in backend.messages.values() for message in messages.values()
    )


def _touched(event: str, payload: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    own_id = payload.get("id")
    if event.startswith(("CHANNEL_", "THREAD_")) and own_id is not None:
        yield "channel", int(own_id)
    if payload.get("channel_id") is not None:
        yield "channel", int(payload["channel_id"])
    if event.startswith("STAGE_INSTANCE_"):
        yield "stage", int(payload["channel_id"])
    if event.startswith("MESSAGE_"):
        yield from (("message", int(i)) for i in (own_id, payload.get("message_id")) if i is not None)
        yield from (("message", int(i)) for i in payload.get("ids", ()))
    guild_id = own_id if event.startswith("GUILD_") and "guild_id" not in payload else payload.get("guild_id")
    if guild_id is not None and event != "INTERACTION_CREATE":
        yield "guild", int(guild_id)


def _get(backend: Any, kind: str, value_id: int) -> Any:
    if kind == "message":
        shelves = backend.messages.values()
        found = next((shelf[value_id] for shelf in shelves if value_id in shelf), None)
    else:
        found = _shelf(backend, kind).get(value_id)
    if found is None or (kind == "interaction" and backend.now_iso() >= (found.expires_at or "")):
        return None
    return _SHAPES[kind].dump_python(found, mode="json", exclude=_UNKEPT.get(kind), warnings=False)


def _put(backend: Any, kind: str, key: str, value: Any) -> None:
    if kind == "commands":
        scope = int(key) if key else None
        backend.commands[scope] = {(command["name"], command["type"]): command for command in value}
        return
    if kind == "file":
        simcord_files(backend)[key] = base64.b64decode(value)
        return
    thing = _SHAPES[kind].validate_python(value)
    if kind == "message":
        backend.messages.setdefault(thing.channel_id, {})[thing.id] = thing
    else:
        _shelf(backend, kind)[int(key)] = thing
    if kind == "channel":
        backend.messages.setdefault(thing.id, {})
    if kind == "interaction":
        backend.interaction_tokens[thing.token] = thing.id
    if kind == "channel" and thing.guild_id is None and thing.recipient_ids:
        backend.dm_channels[thing.recipient_ids[0]] = thing.id
    if kind != "stage" and int(key) != backend.bot_user.id:  # which SimCord gives to every bot
        backend.reserve_id(int(key))


def _shelf(backend: Any, kind: str) -> dict[int, Any]:
    shelves: dict[str, dict[int, Any]] = {
        "user": backend.users,
        "guild": backend.guilds,
        "channel": backend.channels,
        "stage": backend.stage_instances,
        "interaction": backend.interactions,
    }
    return shelves[kind]
