"""The commands a hoster types, as processes: what they say, and that nobody sees a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def hush(folder: Path, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    basic = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HUSH_DATA_DIR": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", *argv],
        cwd=folder,
        env=basic | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def test_the_doctor_finds_only_the_token_missing(tmp_path: Path):
    done = hush(tmp_path, "doctor", "--offline")
    findings = done.stdout.splitlines()
    assert done.returncode == 1
    assert [line for line in findings if line.startswith("look here")] == [
        line for line in findings if "HUSH_DISCORD_TOKEN is not set" in line
    ]
    assert sum(line.startswith("ok") for line in findings) >= 7
    assert not (tmp_path / "data").exists(), "looking changes nothing"


def test_the_doctor_sees_a_damaged_database(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hush.db").write_bytes(b"not a database at all" * 99)
    done = hush(tmp_path, "doctor", "--offline")
    assert any(line.startswith("look here") and "hush.db" in line for line in done.stdout.splitlines())


@pytest.mark.parametrize("token", ["", "gibberish", "a.b.c"])
def test_run_without_a_usable_token_is_one_sentence(tmp_path: Path, token: str):
    done = hush(tmp_path, "run", HUSH_DISCORD_TOKEN=token)
    assert done.returncode == 2
    assert "HUSH_DISCORD_TOKEN" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not token or token not in done.stderr


def test_a_wrong_setting_names_itself(tmp_path: Path):
    done = hush(tmp_path, "run", HUSH_LOG_LEVEL="LOUD")
    assert done.returncode == 2
    assert done.stderr.startswith("HUSH_LOG_LEVEL is not usable")


def test_the_database_moves_from_one_folder_to_another(tmp_path: Path):
    assert "new and at revision" in hush(tmp_path, "db", "migrate").stdout
    assert hush(tmp_path, "db", "backup", "kept.gz").returncode == 0
    again = hush(tmp_path, "db", "backup", "kept.gz")
    assert again.returncode == 2, "a backup is never written over"
    there = hush(tmp_path, "db", "restore", "kept.gz", HUSH_DATA_DIR=str(tmp_path / "new"))
    assert there.returncode == 0
    assert (tmp_path / "new" / "hush.db").exists()
    assert hush(tmp_path, "db", "restore", "nowhere.gz").returncode == 2
