"""Servers' own recordings: only theirs, kept over a restart, gone when they say so."""

import random
import wave

import numpy as np
import pytest

from bot.audio.library import Library
from bot.core.errors import Refusal
from bot.playback import recordings as own
from bot.playback.recordings import Offer, Recordings
from bot.playback.search import SoundSearch
from bot.store.recordings import SqlRecordingStore

OFFER = Offer("Our river", "water", "Wren", "my own")
HERE, ELSEWHERE, WREN = 11, 12, 7


class Quiet:
    """Sessions of a Hush in which nothing plays."""

    def playing(self, guild_id):
        return None


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(1)
    noise = np.cumsum(rng.standard_normal(12 * 16_000))
    noise -= np.convolve(noise, np.ones(800) / 800, "same")
    path = tmp_path / "river.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((noise / np.abs(noise).max() * 8_000).astype("<i2").tobytes())
    return path


@pytest.fixture
def library():
    return Library.load()


def made(database, library, clock, folder):
    return Recordings(
        library=library,
        store=SqlRecordingStore(database),
        sessions=Quiet(),
        folder=folder,
        clock=clock,
        ids=random.Random(1),
    )


@pytest.fixture
def recordings(database, library, clock, tmp_path):
    return made(database, library, clock, tmp_path / "sounds")


async def test_only_the_server_that_brought_it_finds_it(recordings, library, file):
    search = SoundSearch(library)
    recording, notes = await recordings.bring(HERE, WREN, file, OFFER)
    assert set(notes) == {"mono", "narrow"}
    assert search.find("our river", HERE).id == recording.sound_id
    assert search.find("our river", ELSEWHERE) is None
    assert recording.sound_id not in [t.id for t in search.suggest("river", server=ELSEWHERE)]
    assert recording.sound_id in [t.id for t in search.suggest("our ri", server=HERE)]
    assert all(recording.sound_id not in [t.id for t in family] for family in library.families.values())
    assert library.triggers[recording.sound_id].level_lufs == pytest.approx(-30.0, abs=1.0)


async def test_it_comes_back_after_a_restart_and_orphans_do_not(recordings, database, clock, file, tmp_path):
    kept, _ = await recordings.bring(HERE, WREN, file, OFFER)
    gone, _ = await recordings.bring(HERE, WREN, file, Offer("Other", "water", "Wren", "my own"))
    await SqlRecordingStore(database).remove(gone.sound_id)
    again = Library.load()
    await made(database, again, clock, tmp_path / "sounds").open()
    assert kept.sound_id in again.triggers
    assert gone.sound_id not in again.triggers
    assert not list((tmp_path / "sounds").glob(f"*/{gone.sound_id}.*"))


async def test_what_is_removed_or_forgotten_leaves_nothing(recordings, library, file, tmp_path):
    recording, _ = await recordings.bring(HERE, WREN, file, OFFER)
    with pytest.raises(Refusal, match="unknown"):
        await recordings.remove(ELSEWHERE, "Our river")
    await recordings.remove(HERE, "our RIVER")
    assert recording.sound_id not in library.triggers
    assert not list((tmp_path / "sounds").rglob("*.*"))
    await recordings.bring(HERE, WREN, file, OFFER)
    assert [held.values["name"] for held in await recordings.held(WREN)] == ["Our river"]
    await recordings.forget(WREN)
    assert not list((tmp_path / "sounds").rglob("*.*"))


async def test_a_name_twice_an_unknown_family_and_a_full_server_are_refused(recordings, file, monkeypatch):
    await recordings.bring(HERE, WREN, file, OFFER)
    with pytest.raises(Refusal, match="name_taken"):
        await recordings.bring(HERE, WREN, file, OFFER)
    with pytest.raises(Refusal, match="family"):
        await recordings.bring(HERE, WREN, file, Offer("A", "music", "Wren", "my own"))
    monkeypatch.setattr(own, "MOST", 1)
    with pytest.raises(Refusal, match="full"):
        await recordings.bring(HERE, WREN, file, Offer("Second", "water", "Wren", "my own"))


async def test_a_refused_file_keeps_nothing(recordings, tmp_path):
    rubbish = tmp_path / "rubbish.mp3"
    rubbish.write_bytes(b"no sound at all" * 100)
    with pytest.raises(Refusal, match=r"sounds\.import"):
        await recordings.bring(HERE, WREN, rubbish, OFFER)
    assert await recordings.of(HERE) == []
    assert not list((tmp_path / "sounds").rglob("*.*"))
