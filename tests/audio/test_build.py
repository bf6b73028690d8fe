"""What is shipped: current with its recipes, at house level, wide, dark; built again only when it must be."""

import io
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

import audio_assets
from bot.audio import build as building
from bot.audio import head, loudness
from bot.audio.codec import decode
from bot.audio.library import Library, Trigger
from bot.audio.manifest import manifest_text
from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import CONTROL_RATE
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Grains
from bot.audio.synth.recipes import recipes
from bot.audio.synth.swells import draw_swells, power_at_ears
from bot.audio.synth.tapping import Tapped
from bot.core.errors import HushError

ASSETS = building.Path(audio_assets.__path__[0])
BEDS = ("rain", "waves")
HEARD = (*BEDS, "wood-tapping", "keyboard", "counting")


@pytest.fixture(scope="module")
def library():
    return Library.load(ASSETS)


@pytest.fixture(scope="module")
def files(library):
    """Some shipped sounds, decoded, at their stored level; `./hush sounds check` hears them all."""
    return {sound: decode(library.audio_file(sound).read_bytes()) for sound in HEARD}


@pytest.fixture(scope="module")
def sounds(library, files):
    """The same at house level."""
    return {sound: pcm * 10.0 ** (library.triggers[sound].gain_db / 20.0) for sound, pcm in files.items()}


@pytest.mark.parametrize("sound", recipes())
def test_what_is_shipped_is_what_the_recipe_makes(sound):
    recipe = recipes()[sound]
    trigger = building.current_manifest(ASSETS, recipe)
    assert trigger is not None, f"run ./hush sounds build: {sound} was made by another recipe"
    shipped = (ASSETS / recipe.facts.family / f"{sound}.toml").read_text(encoding="utf-8")
    assert shipped == manifest_text(building.expected_manifest(recipe, trigger))


def test_the_library_is_whole_and_stays_under_sixty_megabytes(library):
    assert len(library.triggers) >= 48
    assert len(library.families) == 10
    assert min(len(family) for family in library.families.values()) >= 3
    assert set(library.triggers) == set(recipes())
    assert sum(path.stat().st_size for path in ASSETS.rglob("*.opus")) < 60_000_000


def test_no_two_sounds_share_a_name_and_synonyms_lead_to_few(library):
    names = [trigger.name.casefold() for trigger in library.triggers.values()]
    assert len(set(names)) == len(names)
    for trigger in library.triggers.values():
        assert trigger.goes_with
        assert trigger.id not in trigger.goes_with
        assert len(set(trigger.synonyms)) == len(trigger.synonyms) >= 3


@pytest.mark.parametrize("sound", BEDS)
def test_a_bed_decodes_to_the_house_level(library, sounds, sound):
    measured = loudness.integrated_lufs(sounds[sound])
    assert measured == pytest.approx(building.HOUSE_LUFS, abs=1.0)
    assert measured == pytest.approx(library.triggers[sound].level_lufs, abs=0.1)
    assert loudness.short_term_lufs(sounds[sound]).max() < building.HOUSE_LUFS + 4.0


@pytest.mark.parametrize("sound", HEARD)
def test_a_file_has_headroom_and_no_dc(files, sound):
    assert loudness.true_peak_dbtp(files[sound]) < -1.0
    assert np.abs(files[sound].mean(axis=0)).max() < 1e-4


@pytest.mark.parametrize(
    ("sound", "low", "mid", "high"),
    [
        ("rain", (0.65, 0.85), (0.60, 0.84), (0.15, 0.54)),
        ("waves", (0.55, 0.75), (0.61, 0.81), (0.55, 0.75)),
    ],
)
def test_a_beds_ears_are_as_alike_as_in_recordings(sounds, sound, low, mid, high):
    ears = sounds[sound][: 40 * SAMPLE_RATE].T
    hz, cross = signal.csd(*ears, SAMPLE_RATE, nperseg=2048)
    left, right = (signal.welch(ear, SAMPLE_RATE, nperseg=2048)[1] for ear in ears)
    for (least, most), (low_hz, high_hz) in zip(
        (low, mid, high), ((100, 500), (500, 2000), (2000, 10_000)), strict=True
    ):
        band = (hz >= low_hz) & (hz < high_hz)
        alike = np.abs(cross[band]).sum() / np.sqrt(left[band].sum() * right[band].sum())
        assert least <= alike <= most
        mono = left[band].sum() + right[band].sum() + 2.0 * cross[band].real.sum()
        assert 10.0 * np.log10(2.0 * (left[band].sum() + right[band].sum()) / mono) < 3.0


@pytest.mark.parametrize(("sound", "least", "most"), [("rain", -3.7, 0.9), ("waves", -3.6, -2.4)])
def test_a_beds_spectrum_falls_as_in_recordings(sounds, sound, least, most):
    hz, power = signal.welch(sounds[sound].mean(axis=1), SAMPLE_RATE, nperseg=8192)
    centres = 62.5 * 2.0 ** np.arange(0.0, 8.01, 1.0 / 3.0)
    levels = [
        10.0 * np.log10(power[(hz >= at / 2 ** (1 / 6)) & (hz < at * 2 ** (1 / 6))].mean()) for at in centres
    ]
    assert least <= np.polyfit(np.log2(centres), levels, 1)[0] <= most
    assert 10.0 * np.log10(power[(hz > 4000) & (hz < 6300)].sum() / power.sum()) < -10.5


def slow_envelope(pcm):
    """Short-time power at 4 Hz, smoothed over a second, without its mean."""
    power = (pcm**2).mean(axis=1)
    n = len(power) // 12_000
    loud = np.sqrt(power[: n * 12_000].reshape(n, 12_000).mean(axis=1))
    smooth = signal.savgol_filter(loud, 9, 1)
    return smooth - smooth.mean()


def likeness_at_lags(envelope):
    n = len(envelope)
    spectrum = np.abs(np.fft.rfft(envelope)) ** 2  # the beds are circles
    alike = np.fft.irfft(spectrum, n)
    return alike / alike[0]


def test_swells_come_every_six_to_twelve_seconds(sounds):
    alike = likeness_at_lags(slow_envelope(sounds["waves"]))
    period_s = 4.0 + np.argmax(alike[16:64]) / 4.0
    assert 6.0 <= period_s <= 12.0
    assert alike[16:64].max() > 0.15


def test_waves_come_and_go_where_rain_stays(sounds):
    spread = {}
    for sound in BEDS:
        levels = loudness.short_term_lufs(sounds[sound])
        spread[sound] = np.percentile(levels, 95) - np.percentile(levels, 10)
    assert 0.5 < spread["rain"] < 3.0
    assert 4.5 < spread["waves"] < 10.0


@pytest.mark.parametrize("sound", ["wood-tapping", "keyboard", "counting"])
def test_events_play_softly_at_their_own_rate(library, files, sound):
    trigger = library.triggers[sound]
    heard = building.preview(files[sound], trigger.events, 8, 60.0) * 10.0 ** (trigger.gain_db / 20.0)
    assert loudness.integrated_lufs(heard) == pytest.approx(trigger.level_lufs, abs=1.5)
    assert trigger.level_lufs <= building.EVENTS_LUFS
    assert loudness.true_peak_dbtp(heard) < building.PEAK_DBTP + 0.5


def test_every_one_shot_lies_alone_in_silence(library, files):
    events, pcm = library.triggers["wood-tapping"].events, files["wood-tapping"]
    for segment in events.bank:
        shot = np.abs(pcm[segment.start : segment.start + segment.frames]).max(axis=1)
        assert shot[: events.onset_frames - 120].max() < 0.02 * shot.max()
        assert shot[events.onset_frames :].argmax() < 0.03 * SAMPLE_RATE
        assert shot[-480:].max() < 0.005 * shot.max()
    floor = pcm[events.floor.start :][: events.floor.frames]
    assert 0.0 < np.sqrt((floor**2).mean()) < 0.01
    assert (np.abs(floor).reshape(-1, 4800).max(axis=1) > 0.0).all()


@pytest.mark.parametrize("sound", ["pink-noise", "chimes"])
def test_a_sound_rendered_again_is_the_one_that_ships(tmp_path, sound):
    """A bed, and a bank that nothing is softened in: the last bit of a level turns what Opus decides."""
    building.build(tmp_path, only=[sound], force=True)
    again, shipped = (decode(root / "tones" / f"{sound}.opus") for root in (tmp_path, ASSETS))
    assert len(again) == len(shipped)
    assert 10.0 * np.log10(np.mean((again - shipped) ** 2) + 1e-12) < -80.0


def test_the_swells_drawn_again_are_those_in_the_file(sounds):
    recipe = recipes()["waves"]
    sea = recipe.parameters.sea
    swells = draw_swells(sea, np.random.default_rng(recipe.seed))  # the first thing the recipe draws
    drawn = power_at_ears([piece for swell in swells for piece in swell.breaking], sea.seconds, lean_db=0.0)
    body = signal.sosfilt(
        signal.butter(4, 2000.0, fs=SAMPLE_RATE, output="sos"), sounds["waves"].mean(axis=1)
    )
    tenth = SAMPLE_RATE // 10
    heard = np.sqrt((body.reshape(-1, tenth) ** 2).mean(axis=1))
    expected = np.sqrt(drawn[0].reshape(-1, CONTROL_RATE // 10).mean(axis=1))
    assert np.corrcoef(heard, expected)[0, 1] > 0.75


@pytest.fixture
def small():
    """The wood-tapping recipe alone, shortened so that it renders in a moment."""
    wood = recipes()["wood-tapping"]
    return replace(
        wood, parameters=Tapped(taps=8, quiet=Quiet(seconds=10.0)), facts=replace(wood.facts, goes_with=())
    )


def test_building_makes_what_the_library_loads_and_does_nothing_twice(tmp_path, small):
    book, steps = {"wood-tapping": small}, []
    assert building.build(tmp_path, book=book, progress=lambda *step: steps.append(step)) == ["wood-tapping"]
    assert steps == [(1, 1, "wood-tapping")]
    opus = tmp_path / "tapping" / "wood-tapping.opus"
    assert len(Library.load(tmp_path).triggers["wood-tapping"].events.bank) == 8
    first = opus.read_bytes()
    assert building.build(tmp_path, book=book) == []
    assert building.build(tmp_path, book=book, force=True) == ["wood-tapping"]
    assert opus.read_bytes() == first


def test_new_words_change_the_manifest_but_render_nothing_and_a_broken_one_is_made_anew(tmp_path, small):
    building.build(tmp_path, book={"wood-tapping": small})
    toml = tmp_path / "tapping" / "wood-tapping.toml"
    before = tomllib.loads(toml.read_text(encoding="utf-8"))
    renamed = {"wood-tapping": replace(small, facts=replace(small.facts, name="Wooden box"))}
    assert building.build(tmp_path, book=renamed) == []
    assert tomllib.loads(toml.read_text(encoding="utf-8")) == before | {"name": "Wooden box"}
    toml.write_text("not = [toml", encoding="utf-8")
    assert building.build(tmp_path, book=renamed) == ["wood-tapping"]


def test_a_file_that_a_new_rendering_would_not_change_stays_and_its_manifest_is_written(tmp_path):
    pink = recipes()["pink-noise"]
    short = replace(pink, parameters=replace(pink.parameters, seconds=10.0), play=Grains((3.0, 4.0), 1.0))
    building.build(tmp_path, book={"pink-noise": short})
    opus, toml = (tmp_path / "tones" / f"pink-noise.{kind}" for kind in ("opus", "toml"))
    made, manifest = opus.stat(), toml.read_text(encoding="utf-8")
    longer = replace(short, play=Grains((3.5, 4.5), 1.0))
    assert building.build(tmp_path, book={"pink-noise": longer}) == ["pink-noise"]
    assert (opus.stat().st_ino, opus.stat().st_mtime_ns) == (made.st_ino, made.st_mtime_ns)
    assert toml.read_text(encoding="utf-8") != manifest
    assert building.current_manifest(tmp_path, longer).bed.grain_s == (3.5, 4.5)
    darker = replace(longer, parameters=replace(longer.parameters, tone_db=((1000, 0), (8000, -1))))
    before = opus.read_bytes()
    building.build(tmp_path, book={"pink-noise": darker})
    assert opus.read_bytes() != before
    assert sorted(path.name for path in opus.parent.iterdir()) == ["pink-noise.opus", "pink-noise.toml"]


@pytest.fixture
def another_head(monkeypatch):
    """Put on a head that shades the farther ear less."""

    def forget():
        for kept in (building._head, head._filters_on_the_right):
            kept.cache_clear()

    forget()
    monkeypatch.setattr(head, "_LEAST_MONO", 0.3)
    yield
    monkeypatch.undo()
    forget()


def test_one_shots_are_another_sound_with_another_head_and_beds_are_not(request):
    taps, rain = recipes()["wood-tapping"], recipes()["rain"]
    marks = [building.fingerprint(recipe) for recipe in (taps, rain)]
    assert marks == [building.fingerprint(recipe) for recipe in (taps, rain)]
    request.getfixturevalue("another_head")
    assert building.fingerprint(taps) != marks[0]
    assert building.fingerprint(rain) == marks[1]


def test_an_unknown_sound_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(HushError, match=r"no recipe for 'kazoo'; there are soft-whisper, .*wood-tapping"):
        building.build(tmp_path, only=["kazoo"])


def test_the_bar_fills_and_ends_its_line():
    screen = io.StringIO()
    bar = building.progress_bar(screen)
    bar(1, 2, "rain")
    bar(2, 2, "waves")
    half, full = screen.getvalue().split("\r")[1:]
    assert half.startswith("[############............] 1/2 rain")
    assert full.startswith("[########################] 2/2 waves")
    assert full.endswith("\n")


def test_a_fingerprint_changes_with_what_is_heard_and_not_with_what_is_read():
    rain = recipes()["rain"]
    same = building.fingerprint(replace(rain, facts=replace(rain.facts, name="Rainfall")))
    others = [
        replace(rain, seed=8),
        replace(rain, bitrate=64_000),
        replace(rain, parameters=replace(rain.parameters, wind=0.31)),
        replace(rain, play=replace(rain.play, crossfade_s=5.0)),
    ]
    prints = {building.fingerprint(recipe) for recipe in [rain, *others]}
    assert same == building.fingerprint(rain)
    assert len(prints) == 5
    assert all(len(mark) == 16 for mark in prints)


def test_a_manifest_reads_back_as_it_was_written(library):
    for trigger in library.triggers.values():
        assert Trigger.model_validate(tomllib.loads(manifest_text(trigger))) == trigger
    odd = library.triggers["rain"].model_copy(update={"description": 'A "quoted" \\ line\nand café.'})
    assert Trigger.model_validate(tomllib.loads(manifest_text(odd))) == odd
