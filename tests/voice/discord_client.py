"""discord.py as it is, in a guild that only has voice, with the main gateway's part in voice stood in for."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import discord
from discord.gateway import DiscordClientWebSocketResponse

from bot.core.tasks import Tasks
from bot.sandbox.voice import OPUS_SILENCE, Credentials, LoopbackVoice, client_ssl_context

GUILD_ID, CHANNEL_ID, OTHER_CHANNEL_ID = (
    700_000_000_000_000_001,
    700_000_000_000_000_002,
    700_000_000_000_000_003,
)
BOT_ID = 800_000_000_000_000_000
_ANSWER_S = 0.02


class Gateway:
    """Answers op 4 with the two voice updates, some time later: an instant answer races in discord.py."""

    def __init__(self, client: discord.Client, voice: LoopbackVoice) -> None:
        self.token: str | None = None
        """Handed out in place of the real token, when set."""
        self._client = client
        self._voice = voice
        self._answers = Tasks()

    async def voice_state(
        self, guild_id: int, channel_id: int | None, self_mute: bool = False, self_deaf: bool = False
    ) -> None:
        asyncio.get_running_loop().call_later(
            _ANSWER_S, lambda: self._answers.start(self.answer(guild_id, channel_id), name="gateway answer")
        )

    async def answer(self, guild_id: int, channel_id: int | None) -> None:
        if channel_id is None:
            self.tell_voice_state(channel_id, "")
            await self._voice.forget(guild_id, BOT_ID)
            return
        credentials = Credentials.issue(guild_id, channel_id, BOT_ID)
        await self._voice.register(credentials)
        self.tell_voice_state(channel_id, credentials.session_id)
        self._client._connection.parse_voice_server_update(
            {
                "guild_id": str(guild_id),
                "token": self.token or credentials.token,
                "endpoint": self._voice.endpoint,
            }
        )

    def tell_voice_state(self, channel_id: int | None, session_id: str) -> None:
        state = {
            "guild_id": str(GUILD_ID),
            "channel_id": None if channel_id is None else str(channel_id),
            "user_id": str(BOT_ID),
            "session_id": session_id,
        } | dict.fromkeys(("deaf", "mute", "self_deaf", "self_mute", "self_video", "suppress"), False)
        self._client._connection.parse_voice_state_update(state)

    async def close(self) -> None:
        await self._answers.close()


@asynccontextmanager
async def discord_client(voice: LoopbackVoice) -> AsyncIterator[discord.Client]:
    """A logged-in client in a guild with two voice channels; its `ws` is the `Gateway`."""
    connector = aiohttp.TCPConnector(limit=0, ssl=client_ssl_context(voice.ca_file))
    client = discord.Client(intents=discord.Intents.none(), connector=connector)
    await client._async_setup_hook()
    # What static_login does, without asking discord.com who we are.
    client.http._HTTPClient__session = aiohttp.ClientSession(
        connector=connector, ws_response_class=DiscordClientWebSocketResponse
    )
    state = client._connection
    user = {"id": str(BOT_ID), "username": "hush", "discriminator": "0000", "avatar": None, "bot": True}
    state.user = discord.ClientUser(state=state, data=user)
    channels = [
        {"id": str(channel_id), "type": 2, "name": "room", "position": 0, "bitrate": 64000, "user_limit": 0}
        | {"permission_overwrites": [], "rtc_region": None, "nsfw": False}
        for channel_id in (CHANNEL_ID, OTHER_CHANNEL_ID)
    ]
    guild = {"id": str(GUILD_ID), "name": "guild", "channels": channels, "member_count": 1}
    state._add_guild(discord.Guild(data=guild, state=state))
    client.ws = gateway = Gateway(client, voice)
    try:
        yield client
    finally:
        for voice_client in list(client.voice_clients):
            await voice_client.disconnect(force=True)
        await gateway.close()
        await client.http.close()


def channel(client: discord.Client, channel_id: int = CHANNEL_ID) -> discord.VoiceChannel:
    found = client.get_channel(channel_id)
    assert isinstance(found, discord.VoiceChannel)
    return found


def opus_frames(n_frames: int, seed: int = 1) -> list[bytes]:
    """Frames with a CELT full-band stereo 20 ms TOC byte and the sizes of 128 kbit/s; all different."""
    chance = random.Random(seed)
    return [b"\xfc" + i.to_bytes(4) + chance.randbytes(chance.randint(40, 400)) for i in range(n_frames)]


class OpusSource(discord.AudioSource):
    """Gives discord.py's player frames that need no encoder; `n_read` of them were taken."""

    def __init__(self, frames: Iterator[bytes]) -> None:
        self._frames = frames
        self.n_read = 0

    def is_opus(self) -> bool:
        return True

    def read(self) -> bytes:
        frame = next(self._frames, b"")
        self.n_read += bool(frame)
        return frame


def is_silence(frame: bytes) -> bool:
    return frame == OPUS_SILENCE
