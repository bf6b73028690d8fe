"""Guides that run: each in step with the clock, its message and its sound, until it ends by itself."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.care.guide import End, Face, GuideRecord, GuideWish, face_of, timeline_of
from bot.care.model import Said
from bot.care.ports import Accompaniment, Accompanist, GuideStore, Stage, Stages
from bot.care.timeline import Progress, Timeline
from bot.content.care import CareContent
from bot.core.clock import Clock
from bot.core.errors import Refusal, StoreError
from bot.core.tasks import Tasks
from bot.privacy.ports import Held

_log = logging.getLogger(__name__)

LONGEST_REPLY_MINUTES: Final = 12
"""Discord lets an answer to a command be edited for 15 minutes; what is longer needs a message of its own."""
_PAST_THE_CUE_S: Final = 0.02
_GOODBYE_LIMIT_S: Final = 1.5


@dataclass(eq=False, slots=True)
class Guide:
    """One guide on its way. Lives on the event loop."""

    wish: GuideWish
    owner_id: int
    stage: Stage
    channel_id: int
    """Where its message stands."""
    guild_id: int | None
    timeline: Timeline
    progress: Progress
    sound: Accompaniment | None = None
    note: Said | None = None
    still: bool = False
    """Its picture holds still."""
    task: asyncio.Task[None] | None = field(default=None, repr=False)
    alone: asyncio.Task[None] | None = field(default=None, repr=False)
    """Runs while nobody is in the room that it leads."""
    writing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """What is written about it, one after another."""


@dataclass(frozen=True, slots=True)
class Presser:
    """Who pressed a button, and the voice channel they sit in."""

    user_id: int
    voice_channel_id: int | None = None


class Guides:
    """All guides of a process, by the message each is shown in.

    is_held: whether it is less than a day since somebody's crisis; then nothing is asked at the end.
    """

    def __init__(
        self,
        content: CareContent,
        store: GuideStore,
        clock: Clock,
        tasks: Tasks,
        is_held: Callable[[int], bool],
    ) -> None:
        self.content = content
        self._is_held = is_held
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._guides: dict[int, Guide] = {}

    async def begin(
        self,
        wish: GuideWish,
        owner_id: int,
        stage: Stage,
        *,
        place: tuple[int, int | None],
        sound: Accompaniment | None = None,
        note: Said | None = None,
    ) -> None:
        """Start to lead. `place` is the (channel, server) its message stands in."""
        progress = Progress(0.0, self._clock.now())
        timeline = timeline_of(wish, self.content)
        guide = Guide(wish, owner_id, stage, *place, timeline, progress, sound, note)
        self._take_in(guide)
        self._go_on(guide)
        await self._remember(guide)

    async def restore(self, stages: Stages, accompanist: Accompanist) -> None:
        """Go on with the guides of an earlier process from where the clock says."""
        try:
            records = await self._store.all()
        except StoreError as error:
            _log.warning("guides of the last process could not be read: %s", error)
            return
        for record in records:
            try:
                timeline = timeline_of(record.wish, self.content)
            except (KeyError, ValueError):  # its content is no more
                await self._forget(record.message_id)
                continue
            if record.reply is not None and record.reply.until <= self._clock.now():
                # Nobody can edit it any more; a press says that it is over.
                await self._forget(record.message_id)
                continue
            sound = None
            if record.guild_id is not None and record.voice_channel_id is not None:
                sound = accompanist.rejoin(record.guild_id, record.voice_channel_id, began=record.began_sound)
            guide = Guide(
                record.wish,
                record.user_id,
                stages.at(record),
                record.channel_id,
                record.guild_id,
                timeline,
                record.progress,
                sound,
            )
            self._take_in(guide)
            self._lead_on(guide)
            self._look_around(guide)

    def face(self, wish: GuideWish, *, sound: str | None = None, note: Said | None = None) -> Face:
        """Return how a guide will look at its beginning."""
        now = self._clock.now()
        return face_of(wish, self.content, Progress(0.0, now), now, sound=sound, note=note)

    async def pause(self, message_id: int, by: Presser) -> Face:
        guide = self._led_for(message_id, by)
        guide.progress = guide.progress.paused(self._clock.now())
        return self._go_on(guide)

    async def resume(self, message_id: int, by: Presser) -> Face:
        guide = self._led_for(message_id, by)
        guide.progress = guide.progress.resumed(self._clock.now())
        return self._go_on(guide)

    async def slower(self, message_id: int, by: Presser) -> Face:
        guide = self._led_for(message_id, by)
        guide.progress = guide.progress.slower(self._clock.now())
        return self._go_on(guide)

    async def stop(self, message_id: int, by: Presser) -> Face:
        """End it now; what began with it fades out."""
        guide = self._led_for(message_id, by)
        return await self._end(guide, End.STOPPED)

    async def hold_still(self, message_id: int, by: Presser) -> Face:
        """Let the picture hold still, or move again."""
        guide = self._led_for(message_id, by)
        guide.still = not guide.still
        return self._face(guide)

    async def held(self, user_id: int) -> Sequence[Held]:
        """Return what runs for somebody; with `forget` this is `bot.privacy.ports.Holder`."""
        return [Held("privacy.held.guide") for guide in self._guides.values() if guide.owner_id == user_id]

    async def forget(self, user_id: int) -> None:
        """End what somebody is led through; what began with it fades out."""
        for guide in [guide for guide in self._guides.values() if guide.owner_id == user_id]:
            await guide.stage.show(await self._end(guide, End.STOPPED))

    def room_changed(self, guild_id: int) -> None:
        """Somebody came, went or was moved in a server.

        A guide goes along when Hush is moved; rounds end kindly when nobody is left to work.
        """
        for guide in self._guides.values():
            if guide.sound is not None and guide.sound.guild_id == guild_id:
                if guide.sound.moves_along():
                    self._tasks.start(self._remember(guide), name="guide-moved")
                self._look_around(guide)

    def keep(self, message_id: int) -> None:
        """Write a guide down as it is after a press, which has brought a fresh key to its message, too."""
        if (guide := self._guides.get(message_id)) is not None:
            self._tasks.start(self._remember(guide), name="guide-kept")

    def stage_of(self, message_id: int) -> Stage | None:
        guide = self._guides.get(message_id)
        return None if guide is None else guide.stage

    async def close(self) -> None:
        """End those shown in answers: nobody knows whether the next process comes before their key is over.

        Messages of our own go on after a restart. After a kill, which says nothing, so do answers.
        """
        leaving = [guide for guide in self._guides.values() if guide.stage.reply is not None]
        for guide in self._guides.values():
            self._let_go(guide)
        saying = [asyncio.ensure_future(self._say_goodbye(guide)) for guide in leaving]
        if saying:
            _, late = await asyncio.wait(saying, timeout=_GOODBYE_LIMIT_S)
            for task in late:
                task.cancel()
        self._guides.clear()

    async def _say_goodbye(self, guide: Guide) -> None:
        if await guide.stage.show(self._face(guide, End.RESTARTED)):
            self._guides.pop(guide.stage.message_id, None)
            await self._forget_guide(guide)

    def _led_for(self, message_id: int, by: Presser) -> Guide:
        """Return the guide whose message this is, when this person may lead it."""
        guide = self._guides.get(message_id)
        if guide is None:
            raise Refusal("guide.refused.over")
        if guide.wish.kind == "focus":
            if guide.sound is None or guide.sound.channel_id != by.voice_channel_id:
                raise Refusal("guide.refused.outside")
        elif guide.owner_id != by.user_id:
            raise Refusal("guide.refused.theirs")
        return guide

    def _take_in(self, guide: Guide) -> None:
        self._guides[guide.stage.message_id] = guide
        if guide.sound is not None:
            guide.sound.tell(lambda: self._sounds_again(guide))

    def _sounds_again(self, guide: Guide) -> None:
        self._sound(guide)
        self._lead_on(guide)  # its message names what plays

    def _sound(self, guide: Guide) -> None:
        """Let what is heard be in step with what is shown."""
        if guide.sound is None:
            return
        now, running = self._clock.now(), guide.progress.since is not None
        at_s, pace = guide.progress.at_s(now), guide.progress.pace
        if running:
            guide.sound.last_until(guide.progress.ends_at(guide.timeline, now) - now)
        guide.sound.follow(guide.timeline.score_from(at_s, pace) if running else ())

    def _look_around(self, guide: Guide) -> None:
        if guide.wish.kind != "focus" or guide.sound is None:
            return
        if not guide.sound.deserted:
            if guide.alone is not None:
                guide.alone.cancel()
                guide.alone = None
        elif guide.alone is None:
            guide.alone = self._tasks.start(self._lead_nobody(guide, guide.sound), name="guide-alone")

    async def _lead_nobody(self, guide: Guide, sound: Accompaniment) -> None:
        """Wait as long as the sound does; then end with the numbers as they were when the last one left."""
        left_at = self._clock.now()
        await self._clock.sleep(await sound.patience_s())
        guide.alone = None
        guide.progress = guide.progress.paused(left_at)
        await self._end(guide, End.EMPTIED)

    def _go_on(self, guide: Guide) -> Face:
        """Sound and show a guide as it is now."""
        self._sound(guide)
        self._lead_on(guide)
        return self._face(guide)

    def _lead_on(self, guide: Guide) -> None:
        self._cancel(guide)
        guide.task = self._tasks.start(self._lead(guide), name="guide")

    async def _lead(self, guide: Guide) -> None:
        while (at_s := guide.progress.at_s(self._clock.now())) < guide.timeline.length_s:
            if not await guide.stage.show(self._face(guide)):
                await self._end(guide, End.STOPPED, shown=False)
                return
            if guide.progress.since is None:
                return  # whoever resumes it leads on
            left_s = guide.timeline.next_after(at_s) - guide.progress.at_s(self._clock.now())
            await self._clock.sleep(max(0.0, left_s * guide.progress.pace) + _PAST_THE_CUE_S)
        await self._end(guide, End.UNASKED if self._is_held(guide.owner_id) else End.DONE)

    async def _end(self, guide: Guide, end: End, *, shown: bool = True) -> Face:
        self._guides.pop(guide.stage.message_id, None)
        face = self._face(guide, end)
        if guide.sound is not None:
            guide.sound.end(early=end not in (End.DONE, End.UNASKED))
        if shown and end in (End.DONE, End.UNASKED, End.EMPTIED):
            await guide.stage.show(face)
        await self._forget_guide(guide)
        self._let_go(guide)
        return face

    def _face(self, guide: Guide, end: End | None = None) -> Face:
        title = None if guide.sound is None else guide.sound.title
        now = self._clock.now()
        return face_of(
            guide.wish,
            self.content,
            guide.progress,
            now,
            sound=title,
            note=guide.note,
            end=end,
            still=guide.still,
        )

    def _cancel(self, guide: Guide) -> None:
        if guide.task is not None and guide.task is not asyncio.current_task():
            guide.task.cancel()

    def _let_go(self, guide: Guide) -> None:
        self._cancel(guide)
        if guide.alone is not None:
            guide.alone.cancel()

    async def _remember(self, guide: Guide) -> None:
        sound = guide.sound
        record = GuideRecord(
            guide.stage.message_id,
            guide.channel_id,
            guide.guild_id if sound is None else sound.guild_id,
            guide.owner_id,
            guide.wish,
            guide.progress,
            None if sound is None else sound.channel_id,
            began_sound=sound is not None and sound.began,
            reply=guide.stage.reply,
        )
        try:
            async with guide.writing:
                if self._guides.get(guide.stage.message_id) is guide:  # else it has ended meanwhile
                    await self._store.put(record)
        except StoreError as error:  # it goes on, only not past a restart
            _log.warning("a guide is not written down: %s", error)

    async def _forget_guide(self, guide: Guide) -> None:
        async with guide.writing:
            await self._forget(guide.stage.message_id)

    async def _forget(self, message_id: int) -> None:
        try:
            await self._store.remove(message_id)
        except StoreError as error:
            _log.warning("a guide's end is not written down: %s", error)
