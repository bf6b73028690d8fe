from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.recording.log import DamagedLogError, LogLine, LogWriter, read_log

_SNOWFLAKES = st.none() | st.integers(0, 2**63)
_LINES = st.builds(
    LogLine,
    seq=st.integers(1, 10**9),
    at=st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
    kind=st.sampled_from(["start", "request", "control", "answered"]),
    status=st.none() | st.integers(200, 599),
    answered=st.none() | st.booleans(),
    recipient=_SNOWFLAKES,
    channel=_SNOWFLAKES,
    message=_SNOWFLAKES,
    nonce=st.none() | st.text(max_size=25),
    pings=st.none() | st.lists(st.from_regex(r"\d{15,20}", fullmatch=True)).map(tuple),
    details=st.none() | st.dictionaries(st.text(), st.integers() | st.text()),
)


@given(_LINES)
@settings(deadline=None)
def test_a_line_reads_back_as_it_was_written(line: LogLine) -> None:
    written = line.to_json()
    assert written.count(b"\n") == 1
    assert written.endswith(b"\n")
    assert LogLine.from_json(written) == line


@given(st.lists(_LINES, min_size=1, max_size=4), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_a_log_cut_anywhere_reads_as_its_whole_lines_and_can_be_continued(
    tmp_path: Path, lines: list[LogLine], data: st.DataObject
) -> None:
    path = tmp_path / "cut.log"
    whole = b"".join(line.to_json() for line in lines)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    path.write_bytes(cut)
    left = lines[: cut.count(b"\n")]
    assert list(read_log(path)) == left

    writer, found = LogWriter.reopen(path)
    with writer:
        writer.append(lines[0])
    assert found == left
    assert list(read_log(path)) == [*left, lines[0]]


def test_a_log_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert list(read_log(tmp_path / "none.log")) == []


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "damaged.log"
    line = LogLine(seq=1, at=datetime(2026, 11, 23, tzinfo=timezone(timedelta())), kind="start").to_json()
    path.write_bytes(line + line[:20] + b"\n" + line)
    with pytest.raises(DamagedLogError, match="line 2"):
        list(read_log(path))


def test_a_log_has_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    with LogWriter(path), pytest.raises(BlockingIOError):
        LogWriter.reopen(path)
    with LogWriter(path):
        pass
