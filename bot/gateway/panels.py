"""The listening panels: at most one a server, in the voice channel's own chat where that is allowed."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import discord

from bot.content.texts import Texts
from bot.core.clock import Clock
from bot.core.tasks import Tasks
from bot.gateway import faces
from bot.gateway.faces import Face, Playing, Quiet
from bot.gateway.panel import Panel
from bot.playback.model import Fate, NowPlaying, PanelPlace

_log = logging.getLogger(__name__)

Remember = Callable[[int, PanelPlace], None]
Destination = discord.abc.Messageable | discord.abc.GuildChannel | discord.abc.PrivateChannel | None
"""Where a command was given; not everything that is a channel takes messages."""


class Panels:
    """Implements `bot.playback.ports.Display`. A panel stays in place while its session lasts.

    Once over, it says so without buttons. The next session takes the same message if nothing was written
    after it; otherwise it gets a new one and the old is taken away.
    """

    def __init__(
        self,
        client: discord.Client,
        texts: Texts,
        clock: Clock,
        tasks: Tasks,
        language_of: Callable[[int], str | None],
    ) -> None:
        self._client = client
        self._texts = texts
        self._clock = clock
        self._tasks = tasks
        self._language_of = language_of
        self._remember: Remember = _tell_nobody
        self._newest: dict[int, NowPlaying] = {}
        self._panels: dict[int, Panel] = {}
        """Of what plays."""
        self._ended: dict[int, Panel] = {}
        """The last one a server had, while nothing plays there."""
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def tell(self, remember: Remember) -> None:
        """Let somebody know from now on where panels stand."""
        self._remember = remember

    def changed(self, now: NowPlaying) -> None:
        self._newest[now.guild_id] = now
        panel = self._panels.get(now.guild_id)
        if panel is None and now.panel is not None:
            panel = self._panels[now.guild_id] = self._at(now.guild_id, now.panel)
        if panel is not None:
            panel.show(Playing.of(now))

    def ended(
        self, guild_id: int, panel: PanelPlace | None, fate: Fate | None = None, asked_by: int | None = None
    ) -> None:
        self._newest.pop(guild_id, None)
        last = self._panels.pop(guild_id, None)
        if last is None and panel is not None:
            last = self._at(guild_id, panel)
        if last is not None:
            self._ended[guild_id] = last
            last.show(Quiet(fate))
        if fate is Fate.CHANNEL_DELETED and asked_by is not None:  # the panel went with the channel
            self._tasks.start(self._tell_asker(guild_id, asked_by), name="channel-deleted")

    async def _tell_asker(self, guild_id: int, user_id: int) -> None:
        """Say by a silent DM what a panel cannot say any more; a closed door is respected."""
        guild = self._client.get_guild(guild_id)
        locale = discord.Locale.american_english if guild is None else guild.preferred_locale
        sentence = self._texts.get("panel.quiet.channel_deleted", locale.value)
        with contextlib.suppress(discord.HTTPException, discord.RateLimited):
            person = self._client.get_user(user_id) or await self._client.fetch_user(user_id)
            await person.send(sentence, silent=True)

    def guild_lost(self, guild_id: int) -> None:
        """Forget a server."""
        for known in (self._newest, self._panels, self._ended, self._turns):
            known.pop(guild_id, None)

    async def place(self, now: NowPlaying, command_channel: Destination) -> bool:
        """See to it that what plays has a panel; False when there is nowhere to put one."""
        async with self._turns[now.guild_id]:
            standing = self._panels.get(now.guild_id)
            if standing is not None and not standing.lost:
                return True
            for channel in self._destinations(now, command_channel):
                panel = await self._reuse(now, channel) or await self._post(now, channel)
                if panel is not None:
                    self._stand(now.guild_id, panel)
                    return True
            return False

    async def answer(self, interaction: discord.Interaction) -> None:
        """Show what a press has changed; a panel that is not the server's any more is taken away."""
        guild_id, message = interaction.guild_id, interaction.message
        if guild_id is None or message is None:
            return
        panel = self._panels.get(guild_id) or self._ended.get(guild_id)
        if guild_id in self._newest and guild_id not in self._panels:
            # What plays lost sight of its panel: the process was killed before it was written down.
            panel = self._at(guild_id, PanelPlace(message.channel.id, message.id))
            self._stand(guild_id, panel)
        if panel is not None and panel.place.message_id == message.id:
            await panel.answer(interaction)
        else:
            await interaction.response.defer()
            with contextlib.suppress(discord.HTTPException):
                await interaction.delete_original_response()

    async def quieten(self, interaction: discord.Interaction) -> None:
        """Take the buttons from a panel that was pressed although nothing plays."""
        await interaction.response.edit_message(view=self._draw(interaction.guild_id, Quiet()))

    def _stand(self, guild_id: int, panel: Panel) -> None:
        newest = self._newest.get(guild_id)
        if newest is None:  # it ended while the panel was on its way
            self._ended[guild_id] = panel
            panel.show(Quiet())
        else:
            self._ended.pop(guild_id, None)
            self._panels[guild_id] = panel
            panel.show(Playing.of(newest))
            self._remember(guild_id, panel.place)

    def _destinations(
        self, now: NowPlaying, command_channel: Destination
    ) -> Iterator[discord.abc.Messageable]:
        room = self._client.get_channel(now.channel_id)
        if isinstance(room, discord.VoiceChannel | discord.StageChannel) and _may_write(room):
            yield room
        if (
            isinstance(command_channel, discord.abc.Messageable)
            and command_channel != room
            and _may_write(command_channel)
        ):
            yield command_channel

    async def _reuse(self, now: NowPlaying, channel: discord.abc.Messageable) -> Panel | None:
        """Take the last panel if it is still the newest message there; else take it away."""
        last = self._ended.get(now.guild_id)
        if last is None or last.place.channel_id != getattr(channel, "id", None):
            return None
        if await self._is_newest(last.place) and await last.renew(Playing.of(now)):
            return last
        del self._ended[now.guild_id]
        await last.delete()
        return None

    async def _is_newest(self, place: PanelPlace) -> bool:
        """Ask Discord: without an intent for messages nobody tells us."""
        try:
            channel = await self._client.fetch_channel(place.channel_id)
        except (discord.HTTPException, discord.InvalidData, discord.RateLimited):
            return False
        return getattr(channel, "last_message_id", None) == place.message_id

    async def _post(self, now: NowPlaying, channel: discord.abc.Messageable) -> Panel | None:
        face = Playing.of(now)
        try:
            message = await channel.send(view=self._draw(now.guild_id, face), silent=True)
        except (discord.HTTPException, discord.RateLimited) as error:
            _log.warning("a panel could not be posted: %s", type(error).__name__)
            return None
        return self._at(now.guild_id, PanelPlace(message.channel.id, message.id), shown=face)

    def _at(self, guild_id: int, place: PanelPlace, shown: Face | None = None) -> Panel:
        return Panel(
            self._client.get_partial_messageable(place.channel_id, guild_id=guild_id),
            place,
            draw=partial(self._draw, guild_id),
            moved=partial(self._moved, guild_id),
            clock=self._clock,
            tasks=self._tasks,
            shown=shown,
        )

    def _moved(self, guild_id: int, place: PanelPlace) -> None:
        self._remember(guild_id, place)

    def _draw(self, guild_id: int | None, face: Face) -> discord.ui.LayoutView:
        guild = None if guild_id is None else self._client.get_guild(guild_id)
        locale = discord.Locale.american_english if guild is None else guild.preferred_locale
        chosen = None if guild_id is None else self._language_of(guild_id)
        return faces.panel(face, self._texts, chosen or locale.value)


def _may_write(channel: discord.abc.Messageable) -> bool:
    """Return whether we may post there, as far as the cache knows."""
    if isinstance(channel, discord.Thread):
        mine = channel.permissions_for(channel.guild.me)
        return mine.view_channel and mine.send_messages_in_threads
    if isinstance(channel, discord.abc.GuildChannel):
        mine = channel.permissions_for(channel.guild.me)
        return mine.view_channel and mine.send_messages
    return True


def _tell_nobody(_guild_id: int, _place: PanelPlace) -> None:
    pass
