"""`./hush triage`, as a process: the same answers as the bot, and no line lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bot.support.levels import Surface
from bot.support.triage import Triage

ROOT = Path(__file__).resolve().parents[2]


def hush(stdin: bytes, *argv: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", "triage", *argv],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return done


TEXTS = [
    "play rain",
    "i want to kill myself",
    "je veux en finir",
    "死にたい",
    "كل شي تمام",
    "",
    "so stressed, can't sleep",
]


def test_each_line_is_answered_as_the_bot_would_in_order():
    lines = "".join(
        json.dumps({"id": at, "text": text}, ensure_ascii=False) + "\n" for at, text in enumerate(TEXTS)
    )
    for surface in Surface:
        done = hush(lines.encode(), "--surface", surface.value)
        assert done.returncode == 0, done.stderr
        triage = Triage.load()
        assert [json.loads(line) for line in done.stdout.splitlines()] == [
            {"id": at, "level": triage.level(text, surface).word} for at, text in enumerate(TEXTS)
        ]


def test_a_broken_line_gets_a_sentence_and_the_others_their_answer():
    done = hush(
        b'{"id": "a", "text": "hi"}\n{"id": "b"\n[1]\n{"id": "c", "text": 5}\n\n\xff\xfe\n'
        b'{"id": {"x": 1}, "text": "\\ud800"}\n'
    )
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", {"x": 1}]
    said = done.stderr.decode().splitlines()
    assert [line.split(" was left out: ")[0] for line in said] == ["Line 2", "Line 3", "Line 4", "Line 6"]
    assert not any("hi" in line.split() for line in said), "never what somebody wrote"


def test_without_a_checkout_the_report_says_what_to_do(tmp_path: Path):
    """A wheel has bot and cogs, and no corpus."""
    for room in ("bot", "cogs", "audio_assets"):
        (tmp_path / room).symlink_to(ROOT / room)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", "triage", "report"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(tmp_path)},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "checkout" in done.stderr
    assert len(done.stderr.splitlines()) == 1
