"""Recordings that servers bring: taken in, listed, removed; each server hears only its own."""

import asyncio
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from pydantic import ValidationError

from bot.audio.code import short_name
from bot.audio.importing.own import Offer, add_own, blank, make_own, own_files
from bot.audio.library import Library
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.playback.sessions import Sessions
from bot.privacy.ports import Held

MOST: Final = 20
MOST_BYTES: Final = 40_000_000
"""A server may keep so many, and so much."""
NAME_LIMIT: Final = 40
WORDS_LIMIT: Final = 60

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """What is kept about one beside its files."""

    guild_id: int
    sound_id: str
    name: str
    family: str
    credit: str
    licence: str
    owner_id: int
    size: int
    added_at: datetime


class RecordingStore(Protocol):
    """Remembers recordings. Every method raises StoreError when the database does not answer."""

    async def of(self, guild_id: int) -> Sequence[Recording]:
        """Return a server's, oldest first."""
        ...

    async def by(self, owner_id: int) -> Sequence[Recording]:
        """Return those that a person brought, to any server."""
        ...

    async def known(self) -> Sequence[str]:
        """Return the ids of all."""
        ...

    async def add(self, recording: Recording) -> None: ...

    async def remove(self, sound_id: str) -> None: ...


class Recordings:
    """Refusals carry the sentence to say; nothing is changed then."""

    def __init__(
        self,
        *,
        library: Library,
        store: RecordingStore,
        sessions: Sessions,
        folder: Path,
        clock: Clock,
        ids: random.Random,
    ) -> None:
        self._library = library
        self._store = store
        self._sessions = sessions
        self._folder = folder
        self._clock = clock
        self._ids = ids
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Add what is kept to the library; files that nobody owns any more are deleted."""
        kept = set(await self._store.known())
        for sound_id in await asyncio.to_thread(add_own, self._library, self._folder):
            if sound_id not in kept:
                await self._let_go(sound_id)

    async def bring(
        self, guild_id: int, owner_id: int, source: Path, offer: Offer
    ) -> tuple[Recording, tuple[str, ...]]:
        """Take a recording in; return it, and notes about it (keys of texts)."""
        if offer.family not in self._library.families:
            raise Refusal("sounds.refused.family", families=tuple(self._library.families))
        async with self._one_at_a_time:
            known = await self._store.of(guild_id)
            if any(one.name.casefold() == offer.name.casefold() for one in known):
                raise Refusal("sounds.refused.name_taken", name=offer.name)
            if len(known) >= MOST or sum(one.size for one in known) >= MOST_BYTES:
                raise Refusal("sounds.refused.full", most=MOST)
            sound_id = self._new_id()
            try:
                facts = blank(sound_id, offer, guild_id)
            except ValidationError:
                raise Refusal("sounds.refused.words") from None
            trigger, notes = await asyncio.to_thread(make_own, source, self._folder, facts)
            size = sum(file.stat().st_size for file in own_files(self._folder, sound_id))
            recording = Recording(
                guild_id,
                sound_id,
                offer.name,
                offer.family,
                offer.author,
                offer.licence,
                owner_id,
                size,
                self._clock.now(),
            )
            try:
                await self._store.add(recording)
            except BaseException:
                await self._delete_files(sound_id)
                raise
            self._library.add(trigger, self._folder / offer.family)
        return recording, notes

    def _new_id(self) -> str:
        """Return an id that no other sound has, nor shares its short name in codes with."""
        taken = {short_name(known) for known in self._library.triggers}
        while short_name(new := f"own-{self._ids.getrandbits(48):012x}") in taken:
            pass
        return new

    async def of(self, guild_id: int) -> Sequence[Recording]:
        return await self._store.of(guild_id)

    async def remove(self, guild_id: int, name: str) -> Recording:
        """Delete one by name; where it plays, it fades out."""
        wanted = name.strip().casefold()
        found = next((one for one in await self._store.of(guild_id) if one.name.casefold() == wanted), None)
        if found is None:
            raise Refusal("sounds.refused.unknown")
        await self._store.remove(found.sound_id)
        await self._let_go(found.sound_id, guild_id)
        return found

    async def held(self, user_id: int) -> Sequence[Held]:
        """Return the files a person brought. With `forget` this is `bot.privacy.ports.Holder`."""
        return [Held("sounds.held.recording", {"name": one.name}) for one in await self._store.by(user_id)]

    async def forget(self, user_id: int) -> None:
        for one in await self._store.by(user_id):
            await self._let_go(one.sound_id, one.guild_id)

    async def _let_go(self, sound_id: str, guild_id: int | None = None) -> None:
        session = None if guild_id is None else self._sessions.playing(guild_id)
        if session is not None and any(layer.trigger == sound_id for layer in session.plan.mix.layers):
            self._sessions.stop(session)
        self._library.remove(sound_id)
        await self._delete_files(sound_id)

    async def _delete_files(self, sound_id: str) -> None:
        def delete() -> None:
            for file in list(own_files(self._folder, sound_id)):
                file.unlink(missing_ok=True)

        await asyncio.to_thread(delete)
