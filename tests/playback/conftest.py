from collections.abc import AsyncGenerator, Iterator

import pytest

from bot.audio.engine import Engine
from bot.audio.library import Library
from tests.playback.house import House, opened
from tests.playback.sounds import write_library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.load(write_library(tmp_path_factory.mktemp("library")))


@pytest.fixture(scope="session")
def engine(library: Library) -> Iterator[Engine]:
    engine = Engine(library)
    yield engine
    engine.close()


@pytest.fixture
async def house(engine: Engine) -> AsyncGenerator[House]:
    async with opened(engine) as house:
        yield house
