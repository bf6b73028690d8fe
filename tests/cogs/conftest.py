from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.cogs.room import opened_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened_world(tmp_path) as world:
        yield world
