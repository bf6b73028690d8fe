"""What sounds where: what people may ask for, and who may."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.audio.arc import LONGEST_MINUTES as LONGEST_ARC
from bot.audio.arc import SHORTEST_MINUTES as SHORTEST_ARC
from bot.audio.code import looks_like_code
from bot.audio.library import Trigger
from bot.audio.mix import Layer, Mix, Plan
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.preferences import LONGEST_MINUTES, GuildSettings, GuildSettingsStore
from bot.core.tasks import Tasks
from bot.playback import layers
from bot.playback.arcs import Arcs
from bot.playback.blend import RoomBlend
from bot.playback.ceilings import Ceilings
from bot.playback.desired import DesiredSession
from bot.playback.layers import without
from bot.playback.model import DEFAULT_VOLUME, Length, NowPlaying, PanelPlace, Room, Seat, Wish
from bot.playback.places import AROUND, PLACES
from bot.playback.presets import Presets
from bot.playback.search import SoundSearch
from bot.playback.session import End, Session
from bot.playback.sessions import Sessions
from bot.playback.steps import louder, quieter
from bot.privacy.ports import Held

_SEED_BITS = 63
DEFAULT_LAYER = 60
"""A further layer begins softer than the first."""


class Playback:
    """Everything that plays. Its methods run on the event loop; refusals carry the sentence to say."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        sounds: SoundSearch,
        settings: GuildSettingsStore,
        presets: Presets,
        blend: RoomBlend,
        ceilings: Ceilings,
        clock: Clock,
        tasks: Tasks,
        seeds: random.Random,
    ) -> None:
        self._sessions = sessions
        self._sounds = sounds
        self._settings = settings
        self._presets = presets
        self._blend = blend
        self._ceilings = ceilings
        self._clock = clock
        self._tasks = tasks
        self._seeds = seeds
        self._arcs = Arcs(sessions, clock)
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One join at a time a guild."""
        self._forgotten: set[int] = set()
        """Whose earlier wishes are to come back as nobody's."""

    async def play(
        self, room: Room, wish: Wish, *, by: Seat | None = None, mix: Mix | None = None
    ) -> NowPlaying:
        """Fade the wished sound in where the asker sits, or over from what plays there already.

        Without `by` it is nobody's wish but the house's own. With a mix, that is what is meant.
        """
        if mix is None:
            mix = await self.mix_meant(wish.sound, None if by is None else by.user_id, room.guild_id)
        self._refuse_others_recordings(mix, room.guild_id)
        settings = await self._settings.get(room.guild_id)
        _refuse_without_role(by, settings)
        cap = self._ceilings.cap(settings, room.channel_id)
        volume = None if wish.volume is None else min(_percent(wish.volume), cap)
        length = _length(wish.minutes, settings)
        blocked = await self._blend.blocked_in(room)
        if without(mix, blocked) is None:
            raise Refusal("play.refused.not_here")
        asked_by = None if by is None else by.user_id
        async with self._turns[room.guild_id]:
            session = self._playing_in(room, by)
            plan, position_s = self._tonight(mix)  # and no waiting from here on: others ask as well
            if session is None:
                session = await self._sessions.begin(
                    room,
                    plan,
                    self._end_after(length),
                    blocked=blocked,
                    volume=min(DEFAULT_VOLUME, cap) if volume is None else volume,
                    asked_by=asked_by,
                    position_s=position_s,
                    dark=self._ceilings.is_dark(settings),
                    unnamed=wish.unnamed,
                )
            else:
                session.unnamed = wish.unnamed
                session.block(blocked)
                session.change(plan, position_s)
                session.asked_by = asked_by
                self._sessions.set_end(session, self._end_after(length))
                if volume is not None:
                    session.stream.set_volume(volume)
            self._ceilings.watch(room.guild_id)
            return self._sessions.changed(session)

    async def bring_back(self, room: Room, wanted: DesiredSession) -> None:
        """Go on with a session of an earlier process from where the clock says, unless another plays.

        Raises Refusal when the room does not let us in.
        """
        settings = await self._settings.get(room.guild_id)
        async with self._turns[room.guild_id]:
            if self._sessions.get(room.guild_id) is not None:
                return
            session = await self._sessions.begin(
                room,
                wanted.plan,
                End(wanted.ends_at, timedelta(seconds=wanted.tail_s)),
                volume=min(wanted.volume_percent, self._ceilings.cap(settings, room.channel_id)),
                asked_by=None if wanted.asked_by in self._forgotten else wanted.asked_by,
                panel=wanted.panel,
                position_s=wanted.position_s(self._clock.now()),
                paused=wanted.paused,
                blocked=await self._blend.blocked_in(room),
                dark=self._ceilings.is_dark(settings),
            )
            self._ceilings.watch(room.guild_id)
            self._sessions.changed(session)

    async def empty_room_patience_s(self, guild_id: int) -> float:
        """Return how long a session lasts in an empty channel of that server."""
        return (await self._settings.get(guild_id)).empty_minutes * 60.0

    async def set_volume(self, seat: Seat, percent: int) -> NowPlaying:
        """Move to a volume, or to the loudest the server allows."""
        _percent(percent)
        return await self._move_volume(seat, lambda _: percent)

    async def quieter(self, seat: Seat) -> NowPlaying:
        """Go one even step down."""
        return await self._move_volume(seat, quieter)

    async def louder(self, seat: Seat) -> NowPlaying:
        """Go one even step up, at most to the loudest the server allows."""
        return await self._move_volume(seat, louder)

    async def pause(self, seat: Seat) -> NowPlaying:
        session, _ = await self._heard_by(seat)
        session.pause()
        return self._sessions.changed(session)

    async def resume(self, seat: Seat) -> NowPlaying:
        session, _ = await self._heard_by(seat)
        session.resume()
        return self._sessions.changed(session)

    async def set_timer(self, seat: Seat, minutes: int, *, arc: bool = False) -> NowPlaying:
        """Fall silent in so many minutes, softer and softer before; 0 plays until the channel is empty.

        Along an arc the whole time is the ending.
        """
        session, settings = await self._heard_by(seat)
        if arc:
            if not SHORTEST_ARC <= minutes <= LONGEST_ARC:
                raise Refusal("timer.refused.arc", shortest=SHORTEST_ARC, longest=LONGEST_ARC)
            self._arcs.begin(session, minutes)
        else:
            session.set_arc(None)
            self._sessions.set_end(session, self._end_after(_length(minutes, settings)))
        return self._sessions.changed(session)

    async def add_layer(
        self, seat: Seat, sound: str, *, volume: int | None = None, place: str = AROUND
    ) -> NowPlaying:
        """Lay one more sound over what plays, at a place of `bot.playback.places`."""
        trigger = self.sound_meant(sound, seat.guild_id)
        session, _ = await self._heard_by(seat)
        if trigger.id in await self._blend.blocked_in(session.link.room):
            raise Refusal("play.refused.not_here")
        gain_db = layers.gain_db(DEFAULT_LAYER if volume is None else _percent(volume))
        session.set_mix(layers.add(session.plan.mix, Layer(trigger.id, gain_db, PLACES[place])))
        return self._sessions.changed(session)

    async def remove_layer(self, seat: Seat, sound: str) -> NowPlaying:
        trigger = self.sound_meant(sound, seat.guild_id)
        session, _ = await self._heard_by(seat)
        session.set_mix(layers.remove(session.plan.mix, trigger.id))
        return self._sessions.changed(session)

    async def change_layer(
        self, seat: Seat, sound: str, *, volume: int | None = None, place: str | None = None
    ) -> NowPlaying:
        """Set how loud a layer is, and where; None leaves it as it is."""
        trigger = self.sound_meant(sound, seat.guild_id)
        session, _ = await self._heard_by(seat)
        mix = session.plan.mix
        if volume is not None:
            mix = layers.with_gain(mix, trigger.id, layers.gain_db(_percent(volume)))
        if place is not None:
            mix = layers.with_place(mix, trigger.id, PLACES[place])
        session.set_mix(mix)
        return self._sessions.changed(session)

    async def step_layer(self, seat: Seat, trigger_id: str, step: Callable[[int], int]) -> NowPlaying:
        """Move a layer one even step."""
        session, _ = await self._heard_by(seat)
        gains = {layer.trigger: layer.gain_db for layer in session.plan.mix.layers}
        if trigger_id not in gains:
            raise Refusal("layer.refused.not_there")
        gain_db = layers.gain_db(step(layers.percent_of(gains[trigger_id])))
        session.set_mix(layers.with_gain(session.plan.mix, trigger_id, gain_db))
        return self._sessions.changed(session)

    def still_awake(self, guild_id: int, channel_id: int) -> bool:
        """Give a quarter of an hour back when an arc is nearly over; return whether it did."""
        session = self._sessions.playing(guild_id)
        if session is None or session.link.room.channel_id != channel_id or not session.in_last_tenth:
            return False
        self._arcs.lengthen(session)
        self._sessions.changed(session)
        return True

    def blocks_changed(self) -> None:
        """Somebody blocked or unblocked a sound."""
        for session in self._sessions.all():
            self.room_changed(session.link.room.guild_id)

    async def stop(self, seat: Seat) -> None:
        """Start the fade; Hush leaves when it is silent."""
        session, _ = await self._heard_by(seat)
        self._sessions.stop(session)

    async def authorise(self, seat: Seat) -> NowPlaying:
        """Return what this person may change; raises the Refusal any change by them would meet."""
        session, _ = await self._heard_by(seat)
        return session.now(self._clock.now())

    def now_playing(self, guild_id: int) -> NowPlaying | None:
        session = self._sessions.playing(guild_id)
        return None if session is None else session.now(self._clock.now())

    def remember_panel(self, guild_id: int, panel: PanelPlace) -> None:
        """Know from now on where the guild's session is shown."""
        self._sessions.remember_panel(guild_id, panel)

    def limits_changed(self, guild_id: int) -> None:
        """Know that an admin changed how loud a server's rooms may be."""
        self._ceilings.watch(guild_id)

    def room_changed(self, guild_id: int) -> None:
        """Somebody came, went or was moved in a guild."""
        self._sessions.room_changed(guild_id)
        if self._sessions.playing(guild_id) is not None:
            self._tasks.start(self._blend_anew(guild_id), name="room-blend")
        self._ceilings.watch(guild_id)  # another room may have another limit

    def guild_lost(self, guild_id: int) -> None:
        """Hush is no longer in that guild."""
        self._sessions.guild_lost(guild_id)
        self._ceilings.watch(guild_id)

    async def held(self, _user_id: int) -> Sequence[Held]:
        """Return nothing: who asked is a row. With `forget` this is `bot.privacy.ports.Holder`."""
        return ()

    async def forget(self, user_id: int) -> None:
        """Let what somebody asked for go on as nobody's wish, also what is still being brought back."""
        self._forgotten.add(user_id)
        await self._sessions.disown(user_id)

    def _tonight(self, mix: Mix) -> tuple[Plan, float]:
        """Join the night in which others hear this mix, which costs next to nothing, or begin a new one."""
        seed, position_s = self._sessions.tonight(mix) or (self._seeds.getrandbits(_SEED_BITS), 0.0)
        return Plan(mix, seed), position_s

    async def _blend_anew(self, guild_id: int) -> None:
        if (session := self._sessions.playing(guild_id)) is not None:
            session.block(await self._blend.blocked_in(session.link.room))

    async def mix_meant(self, wish: str, user_id: int | None, server: int | None) -> Mix:
        """Return what somebody means by a sound's, a preset's name or a code, of what may be heard there."""
        if looks_like_code(wish):
            return self._presets.read(wish)
        if self._sounds.is_name(wish):  # before a preset of the same name, which a synonym is not
            return Mix((Layer(self.sound_meant(wish, server).id),))
        if named := await self._presets.find(user_id, wish):
            return named.mix
        return Mix((Layer(self.sound_meant(wish, server).id),))

    def sound_meant(self, sound: str, guild_id: int | None = None) -> Trigger:
        """Return the sound that goes by this name; refuse with the nearest when there is none."""
        if trigger := self._sounds.find(sound, guild_id):
            return trigger
        if nearest := self._sounds.nearest(sound, guild_id):
            raise Refusal("play.refused.nearest", nearest=nearest.name)
        raise Refusal("play.refused.unknown")

    def _refuse_others_recordings(self, mix: Mix, guild_id: int) -> None:
        """Let a code carry a server's own recording nowhere else."""
        triggers = self._sessions.library.triggers
        known = (triggers[layer.trigger] for layer in mix.layers if layer.trigger in triggers)
        if any(trigger.server not in (None, guild_id) for trigger in known):
            raise Refusal("preset.refused.unknown_sound")

    def _playing_in(self, room: Room, by: Seat | None) -> Session | None:
        """Return what plays in the room; elsewhere, only what nobody asked for gives way to a person."""
        session = self._sessions.playing(room.guild_id)
        if session is None or session.link.room.channel_id == room.channel_id:
            return session
        if by is None or session.asked_by is not None:
            raise Refusal("play.refused.elsewhere", channel=session.link.room.name)
        self._sessions.stop(session)
        return None

    async def _heard_by(self, seat: Seat) -> tuple[Session, GuildSettings]:
        """Return the session its listeners may change, with the server's settings; nobody else may."""
        settings = await self._settings.get(seat.guild_id)
        session = self._sessions.playing(seat.guild_id)
        if session is None:
            raise Refusal("listener.refused.nothing_plays")
        if session.link.room.channel_id != seat.channel_id:
            raise Refusal("listener.refused.outside", channel=session.link.room.name)
        _refuse_without_role(seat, settings)
        return session, settings

    async def _move_volume(self, seat: Seat, step: Callable[[int], int]) -> NowPlaying:
        session, settings = await self._heard_by(seat)
        cap = self._ceilings.cap(settings, session.link.room.channel_id)
        session.stream.set_volume(min(step(session.stream.volume), cap))
        return self._sessions.changed(session)

    def _end_after(self, length: Length) -> End:
        return End(length.after(self._clock.now()), length.tail)


def _refuse_without_role(seat: Seat | None, settings: GuildSettings) -> None:
    """Hold a server's listener role, for who is a person."""
    role_id = settings.listener_role_id
    if seat is not None and role_id is not None and not seat.manages_server and role_id not in seat.role_ids:
        raise Refusal("listener.refused.role", role_id=role_id)


def _percent(percent: int) -> int:
    if not 0 <= percent <= 100:
        raise Refusal("play.refused.volume")
    return percent


def _length(minutes: int | None, settings: GuildSettings) -> Length:
    if minutes is not None and not 0 <= minutes <= LONGEST_MINUTES:
        raise Refusal("play.refused.minutes", longest=LONGEST_MINUTES)
    return Length.from_minutes(
        minutes, usual_minutes=settings.timer_default_minutes, tail_minutes=settings.tail_minutes
    )
