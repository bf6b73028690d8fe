"""The ceiling on the decoded sound: any eight layers at full volume, a server's own recordings among them."""

import random
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.audio.governor import LIMIT_LUFS
from bot.audio.importing.own import Offer, add_own, blank, make_own
from bot.audio.library import Library
from bot.audio.loudness import short_term_lufs, true_peak_dbtp
from bot.audio.mix import MAX_LAYERS, Layer, Mix, Place, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.render import render
from tests.audio.hearing import rises_lu

HIGHEST_DBTP = -3.0
MOST_LU = 6.0
BEGUN_S = 6
"""A fade in from silence, and three seconds to measure from."""
_OFFER = Offer("Brought", "tones", "A test", "CC0-1.0")


def _pulses(seconds: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * 220.0 * seconds) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.9 * seconds))


def _crowd(seconds: np.ndarray) -> np.ndarray:
    return np.random.default_rng(3).standard_normal(len(seconds)) * 0.3


_BROUGHT: dict[str, Callable[[np.ndarray], np.ndarray]] = {"pulses": _pulses, "crowd": _crowd}


def _write_wav(path: Path, signal: np.ndarray) -> None:
    loud = np.clip(signal / np.abs(signal).max() * 0.99, -1.0, 1.0)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((loud * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Every shipped sound, and two that came in by the importer, as loud as a file can be."""
    root = tmp_path_factory.mktemp("brought")
    seconds = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    for name, make in _BROUGHT.items():
        _write_wav(root / f"{name}.wav", make(seconds))
        make_own(root / f"{name}.wav", root / "sounds", blank(f"own-{name}", _OFFER, None))
    library = Library.load()
    add_own(library, root / "sounds")
    return library


def any_mix(library: Library, chance: random.Random, n_own: int) -> Plan:
    """Return eight layers, so many of them brought, each at its loudest and some of them placed."""
    own = chance.sample(sorted(f"own-{name}" for name in _BROUGHT), n_own)
    shipped = chance.sample(
        sorted(set(library.triggers) - {f"own-{n}" for n in _BROUGHT}), MAX_LAYERS - n_own
    )
    places = (None, None, Place(-80.0, 0.12), Place(60.0, 0.3), Place(0.0, 0.5, 20.0))
    layers = tuple(Layer(trigger, 0.0, chance.choice(places)) for trigger in (*own, *shipped))
    return Plan(Mix(layers), chance.getrandbits(40))


def heard(library: Library, plan: Plan, seconds: float) -> Pcm:
    """Return what a channel hears at volume 100, without the last fade."""
    return np.concatenate(list(render(library, plan, seconds + 3.0)))[: round(seconds * SAMPLE_RATE)]


def assert_safe(pcm: Pcm) -> None:
    assert short_term_lufs(pcm).max() <= LIMIT_LUFS
    assert true_peak_dbtp(pcm) <= HIGHEST_DBTP
    assert rises_lu(pcm[(BEGUN_S - 3) * SAMPLE_RATE :]).max() <= MOST_LU


@pytest.mark.parametrize("seed", range(3))
def test_any_eight_layers_at_full_volume(library: Library, seed: int) -> None:
    assert_safe(heard(library, any_mix(library, random.Random(seed), n_own=seed), 16.0))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(3, 43))
def test_any_eight_layers_at_full_volume_for_long(library: Library, seed: int) -> None:
    assert_safe(heard(library, any_mix(library, random.Random(seed), n_own=seed % 3), 75.0))


def test_the_loudest_file_a_library_could_hold_is_held_down(library: Library, tmp_path: Path) -> None:
    """A manifest that lies: noise at full scale that says it is at house level, eight times over."""
    loudest = library.triggers["own-crowd"].model_copy(update={"gain_db": 24.0})
    liars = Library(dict(library.triggers), dict(library.folders))
    for n in range(MAX_LAYERS):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / f"liar-{n}.opus").write_bytes(library.audio_file("own-crowd").read_bytes())
        liars.add(loudest.model_copy(update={"id": f"liar-{n}"}), folder)
    pcm = heard(liars, Plan(Mix(tuple(Layer(f"liar-{n}") for n in range(MAX_LAYERS))), 1), 8.0)
    assert short_term_lufs(pcm).max() <= LIMIT_LUFS
    assert true_peak_dbtp(pcm) <= HIGHEST_DBTP
