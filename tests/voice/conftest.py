from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from bot.sandbox.voice import Credentials, ListeningMember, LoopbackVoice, VoiceServer
from tests.voice.discord_client import CHANNEL_ID, GUILD_ID

Join = Callable[..., Awaitable[ListeningMember]]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[VoiceServer]:
    async with VoiceServer() as opened:
        yield opened


@pytest_asyncio.fixture
async def join() -> AsyncIterator[Join]:
    """Let a user join a channel as a listening member, who leaves at the end of the test."""
    async with AsyncExitStack() as stack:

        async def join(
            voice: LoopbackVoice, user_id: int, channel_id: int = CHANNEL_ID, **options: object
        ) -> ListeningMember:
            credentials = Credentials.issue(GUILD_ID, channel_id, user_id)
            await voice.register(credentials)
            member = ListeningMember(credentials, endpoint=voice.endpoint, ca_file=voice.ca_file, **options)
            return await stack.enter_async_context(member)

        yield join


@pytest.fixture
def everybody_is_in(server: VoiceServer) -> Callable[..., Awaitable[None]]:
    """Wait until exactly these members share one encryption group and nothing is in flight."""

    async def wait(*members: ListeningMember, channel_id: int = CHANNEL_ID) -> None:
        ids = {member.credentials.user_id for member in members}

        def settled() -> bool:
            state = server.group(GUILD_ID, channel_id)
            return set(state.user_ids) == ids and state.is_settled

        await server.until(settled)
        for member in members:
            await member.until(lambda m=member: m.end_to_end.member_ids == ids)

    return wait
