from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.library import Library
from bot.audio.score import Bell, Breaths, whispers_of
from bot.care.timeline import LEAD_S, SLOWEST, Progress, of_pairing, of_practice, of_rounds
from bot.content.care import SHORTEST_STEP_S, CareContent
from bot.content.whispered import bank_of

CONTENT = CareContent.load(Library.load().triggers)
NOW = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
GUIDED = [name for name, practice in CONTENT.practices.items() if practice.step]
BREATHS = [name for name, practice in CONTENT.practices.items() if practice.breath]


@pytest.mark.parametrize("name", GUIDED)
def test_a_practice_takes_the_minutes_asked_for_and_changes_no_faster_than_discord_allows(name: str) -> None:
    practice = CONTENT.practices[name]
    for minutes in range(practice.minutes[0], practice.minutes[1] + 1):
        timeline = of_practice(practice, minutes)
        assert timeline.length_s == pytest.approx(minutes * 60.0, abs=20.0)
        starts = [cue.at_s for cue in timeline.cues] + [timeline.length_s]
        assert min(b - a for a, b in pairwise(starts)) >= SHORTEST_STEP_S - 1e-9


def test_a_pairing_takes_its_minutes_with_steps_that_grow_longer() -> None:
    for pairing in CONTENT.pairings.values():
        if pairing.steps:
            timeline = of_pairing(pairing, pairing.minutes[0])
            starts = [cue.at_s for cue in timeline.cues] + [timeline.length_s]
            lengths = [b - a for a, b in pairwise(starts)]
            assert lengths == sorted(lengths)
            assert lengths[0] >= SHORTEST_STEP_S
            assert timeline.length_s == pairing.minutes[0] * 60.0


@pytest.mark.parametrize("name", BREATHS)
@given(at_s=st.floats(0.0, 400.0), pace=st.floats(1.0, SLOWEST))
def test_from_any_moment_on_only_whole_breaths_in_step_with_the_timeline(
    name: str, at_s: float, pace: float
) -> None:
    practice = CONTENT.practices[name]
    timeline = of_practice(practice, 5)
    assert practice.breath is not None
    breaths = [part for part in timeline.score_from(at_s, pace) if isinstance(part, Breaths)]
    for part in breaths:
        assert part.begin_s >= 0.0
        assert part.length_s == pytest.approx(practice.breath.length_s * pace)
        begun = (part.begin_s / pace + at_s - LEAD_S) / practice.breath.length_s
        assert begun == pytest.approx(round(begun), abs=1e-6)
        end_s = at_s + (part.begin_s + part.n_breaths * part.length_s) / pace
        assert end_s <= timeline.length_s + 1e-6
    if timeline.length_s - max(at_s, LEAD_S) > 2 * practice.breath.length_s:
        assert breaths


def test_rounds_ring_at_each_turn_and_the_last_has_no_rest() -> None:
    timeline = of_rounds(25, 5, 3)
    assert timeline.length_s == (3 * 25 + 2 * 5) * 60
    bells = [part for part in timeline.score_from(0.0, 1.0) if isinstance(part, Bell)]
    assert [bell.at_s / 60 for bell in bells] == [0, 25, 30, 55, 60]
    later = [part for part in timeline.score_from(26 * 60.0, 1.0) if isinstance(part, Bell)]
    assert [bell.at_s / 60 for bell in later] == [4, 29, 34]


def test_progress_follows_the_clock_pauses_and_slows_down() -> None:
    begun = Progress(0.0, NOW)
    later = NOW + timedelta(seconds=60)
    assert begun.at_s(later) == 60.0
    paused = begun.paused(later)
    assert paused.at_s(later + timedelta(hours=3)) == 60.0
    resumed = paused.resumed(later + timedelta(hours=3))
    assert resumed.at_s(later + timedelta(hours=3, seconds=10)) == 70.0
    slower = begun.slower(later)
    assert slower.at_s(later) == 60.0
    assert slower.at_s(later + timedelta(seconds=12)) == pytest.approx(70.0)
    for _ in range(9):
        slower = slower.slower(later)
    assert slower.pace == SLOWEST


@given(st.lists(st.tuples(st.sampled_from(["pause", "resume", "slower"]), st.floats(0, 500)), max_size=12))
def test_progress_never_jumps(presses: list[tuple[str, float]]) -> None:
    now, progress = NOW, Progress(0.0, NOW)
    for press, wait_s in presses:
        now += timedelta(seconds=wait_s)
        before = progress.at_s(now)
        change = {"pause": progress.paused, "resume": progress.resumed, "slower": progress.slower}[press]
        progress = change(now)
        assert progress.at_s(now) == pytest.approx(before)


@pytest.mark.parametrize("name", GUIDED)
@given(at_s=st.floats(0.0, 700.0), pace=st.floats(1.0, SLOWEST))
def test_lines_are_whispered_a_moment_after_their_captions(name: str, at_s: float, pace: float) -> None:
    practice = CONTENT.practices[name]
    timeline = of_practice(practice, practice.usual_minutes)
    whispers = whispers_of(timeline.score_from(at_s, pace))
    for whisper in whispers:
        # Bells and captions stretch with the pace; how long the line lets its caption be read does not.
        shown = timeline.cue_at(at_s + whisper.at_s / pace)
        assert shown.whisper is not None
        assert bank_of(shown.whisper) == (whisper.trigger, whisper.shot)
        after_s = (at_s - shown.at_s) * pace + whisper.at_s
        assert 1.0 <= after_s <= SHORTEST_STEP_S
    to_come = [cue for cue in timeline.cues if cue.whisper is not None and cue.at_s >= at_s]
    assert len(to_come) <= len(whispers) <= len(to_come) + 1
    sides = [whisper.azimuth_deg > 0.0 for whisper in whispers]
    assert all(a != b for a, b in pairwise(sides))


def test_the_guided_practices_have_lines_to_whisper() -> None:
    lines = {name: sum(step.whisper is not None for step in CONTENT.practices[name].step) for name in GUIDED}
    assert lines["asmr-meditation"] == len(CONTENT.practices["asmr-meditation"].step)
    assert min(lines.values()) >= 3
