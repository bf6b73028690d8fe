"""What this Discord knows: a fold over its log.

Every change goes through `World.apply`, live and when replaying, so a restarted server knows what the old one
knew; only the contents of messages are gone unless the log keeps them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.faults import Fault, FaultBook
from bot.sandbox.recording.log import LogLine

_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
EPHEMERAL = 1 << 6
LOADING = 1 << 7


@dataclass(frozen=True, slots=True)
class Channel:
    """A place for messages: `recipient` in a direct message, `guild` in a server."""

    id: int
    kind: int
    recipient: int | None = None
    guild: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message, whether it is still there or deleted. `payload` is what was sent and may be unknown."""

    id: int
    channel: int
    author: int | None
    recipient: int | None
    nonce: str | None
    created_at: datetime
    content_hash: str | None
    flags: int
    pings: tuple[str, ...]
    payload: Mapping[str, Any]
    edited_at: datetime | None = None
    n_edits: int = 0
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Interaction:
    """A press or a command that waits for its answer. `callback`: the type it was answered with."""

    id: int
    token: str
    application: int
    channel: int
    user: int
    source: int | None
    opened_at: datetime
    callback: int | None = None
    original: int | None = None


class World:
    """Channels, messages, nonces, interactions, commands, voice states and the faults in force."""

    def __init__(self) -> None:
        self.channels: dict[int, Channel] = {}
        self.dm_with: dict[int, int] = {}
        self.messages: dict[int, Message] = {}
        self.in_channel: dict[int, list[int]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str, list[dict[str, Any]]] = {}
        self.voice_channel: dict[tuple[int, int], int] = {}
        self.faults = FaultBook()
        self.ahead = timedelta()
        self.last_seq = 0
        self._by_nonce: dict[tuple[int | None, str], list[int]] = {}
        self._last_id = 0
        self._changes: dict[str, Callable[[LogLine, Mapping[str, Any]], None]] = {
            "dm_opened": self._open_dm,
            "message_created": self._create_message,
            "message_edited": self._edit_message,
            "message_deleted": self._delete_message,
            "interaction_answered": self._answer_interaction,
            "commands_replaced": self._replace_commands,
            "channel_added": self._add_channel,
            "voice_state_set": self._set_voice_state,
            "interaction_opened": self._open_interaction,
            "clock_advanced": self._advance_clock,
            "fault_scripted": self._script_fault,
            "fault_lifted": self._lift_fault,
        }

    def apply(self, line: LogLine, payload: Mapping[str, Any] | None = None) -> None:
        """Make the change that the line tells of. payload: contents the line itself may not hold."""
        self.last_seq = line.seq
        if line.fault is not None:
            self.faults.used(line.fault)
        if line.change is not None:
            self._changes[line.change](line, payload if payload is not None else line.content or {})

    def next_id(self, now: datetime, *, step: int = 1) -> int:
        """Return a snowflake of this instant, larger than every one before; `step` asks for later ones."""
        return max(int((now - _DISCORD_EPOCH) / timedelta(milliseconds=1)) << 22, self._last_id) + step

    def recipient_of(self, channel: int | None) -> int | None:
        found = self.channels.get(channel or 0)
        return found.recipient if found else None

    def visible(self, channel: int, message: int) -> Message | None:
        """Return a message that REST would show in this channel: neither deleted nor ephemeral."""
        found = self.messages.get(message)
        if found is None or found.channel != channel or found.is_deleted or found.flags & EPHEMERAL:
            return None
        return found

    def with_nonce(self, bot: int | None, channel: int, nonce: str, scope: str) -> Message | None:
        """Return the newest message of the bot with the nonce; in scope `author` from any channel."""
        for message_id in reversed(self._by_nonce.get((bot, nonce), ())):
            if scope == "author" or self.messages[message_id].channel == channel:
                return self.messages[message_id]
        return None

    def history(self, channel: int) -> Iterator[Message]:
        """Yield the visible messages of a channel, newest first."""
        for message_id in reversed(self.in_channel.get(channel, ())):
            if message := self.visible(channel, message_id):
                yield message

    def snapshot(self) -> dict[str, Any]:
        """Return all that a replay of the log must give again, as JSON values; without contents."""
        return {
            "channels": [repr(channel) for channel in self.channels.values()],
            "messages": [repr(replace(message, payload={})) for message in self.messages.values()],
            "nonces": sorted(repr(item) for item in self._by_nonce.items()),
            "interactions": [repr(interaction) for interaction in self.interactions.values()],
            "commands": self.commands,
            "voice": sorted(repr(item) for item in self.voice_channel.items()),
            "faults": [f"{number}: {item!r}" for number, item in self.faults.scripted.items()],
            "ahead_s": self.ahead.total_seconds(),
            "last_seq": self.last_seq,
            "last_id": self._last_id,
        }

    def _open_dm(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        channel, recipient = _known(line.channel), _known(line.recipient)
        self._keep_id(channel)
        self.channels[channel] = Channel(channel, kind=1, recipient=recipient)
        self.dm_with[recipient] = channel

    def _create_message(self, line: LogLine, payload: Mapping[str, Any]) -> None:
        message = Message(
            id=_known(line.message),
            channel=_known(line.channel),
            author=line.bot,
            recipient=line.recipient,
            nonce=line.nonce,
            created_at=line.at,
            content_hash=line.content_hash,
            flags=line.flags or 0,
            pings=line.pings or (),
            payload=payload,
        )
        self._keep_id(message.id)
        self.messages[message.id] = message
        self.in_channel.setdefault(message.channel, []).append(message.id)
        if message.nonce is not None:
            self._by_nonce.setdefault((message.author, message.nonce), []).append(message.id)

    def _edit_message(self, line: LogLine, payload: Mapping[str, Any]) -> None:
        old = self.messages[_known(line.message)]
        self.messages[old.id] = replace(
            old,
            edited_at=line.at,
            n_edits=old.n_edits + 1,
            content_hash=line.content_hash,
            flags=line.flags or 0,
            pings=line.pings or (),
            payload=payload,
        )

    def _delete_message(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        message = self.messages[_known(line.message)]
        self.messages[message.id] = replace(message, is_deleted=True)

    def _answer_interaction(self, line: LogLine, payload: Mapping[str, Any]) -> None:
        details = line.details or {}
        interaction = self.interactions[details["token"]]
        callback = details["callback"]
        original = line.message if line.message is not None else interaction.source
        self.interactions[interaction.token] = replace(interaction, callback=callback, original=original)
        if callback in (4, 5):
            self._create_message(line, payload)
        elif callback == 7 and line.message is not None:
            self._edit_message(line, payload)

    def _replace_commands(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        details = line.details or {}
        self.commands[details["scope"]] = details["commands"]
        for command in details["commands"]:
            self._keep_id(int(command["id"]))

    def _add_channel(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        channel, details = _known(line.channel), line.details or {}
        self._keep_id(channel)
        self.channels[channel] = Channel(channel, kind=details["kind"], guild=details["guild"])

    def _set_voice_state(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        key = ((line.details or {})["guild"], _known(line.recipient))
        if line.channel is None:
            self.voice_channel.pop(key, None)
        else:
            self.voice_channel[key] = line.channel

    def _open_interaction(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        details = line.details or {}
        self._keep_id(details["id"])
        self.interactions[details["token"]] = Interaction(
            details["id"],
            details["token"],
            application=_known(line.bot),
            channel=_known(line.channel),
            user=_known(line.recipient),
            source=line.message,
            opened_at=line.at,
        )

    def _advance_clock(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        self.ahead += timedelta(seconds=(line.details or {})["seconds"])

    def _script_fault(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        self.faults.add(line.seq, Fault.model_validate(line.details))

    def _lift_fault(self, line: LogLine, _payload: Mapping[str, Any]) -> None:
        self.faults.lift((line.details or {})["fault"])

    def _keep_id(self, used: int) -> None:
        self._last_id = max(self._last_id, used)


def replayed(lines: Iterator[LogLine] | list[LogLine]) -> World:
    """Return the world that the log tells of."""
    world = World()
    for line in lines:
        world.apply(line)
    return world


def is_in_nonce_window(message: Message, now: datetime, behaviour: Behaviour) -> bool:
    return now - message.created_at <= timedelta(seconds=behaviour.nonce_window_s)


def _known(value: int | None) -> int:
    """Return an id that every line of its kind has."""
    if value is None:
        raise ValueError("a log line lacks an id that its change needs")
    return value
