"""`./hush doctor`: each thing a start needs, well and amiss, in words and in the exit code."""

import asyncio
import base64
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import cogs
from bot import doctor
from bot.audio.checkup import check_sounds
from bot.audio.library import Library
from bot.core.errors import ContentError
from bot.gateway.access import INVITED_WITH
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.faults import invalid_token, server_error
from bot.sandbox.recording.process import RecordingDiscord
from bot.store.address import at
from bot.store.migrate import migrate
from bot.store.ownership import Ownership

ROOT = Path(__file__).resolve().parents[1]
APPLICATION_ID = 420_000_000_000_000_000
TOKEN = base64.urlsafe_b64encode(str(APPLICATION_ID).encode()).decode() + ".GhUsh1." + "a" * 38
NOWHERE = "http://127.0.0.1:9/api/v10"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with a token and no other setting; returns the data folder to be."""
    monkeypatch.chdir(tmp_path)
    for name in ("HUSH_DATA_DIR", "HUSH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUSH_DISCORD_TOKEN", TOKEN)
    return tmp_path / "data"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RecordingDiscord]:
    async with RecordingDiscord(tmp_path / "discord.log", behaviour=Behaviour.unlimited()) as server:
        yield server


def look(capsys: pytest.CaptureFixture[str], *, api: str | None = None) -> tuple[int, list[str], list[str]]:
    """Run it; return its exit code, what is fine and what to look at."""
    code = doctor.run_doctor(offline=api is None, api=api)
    out, err = capsys.readouterr()
    assert err == ""
    assert TOKEN not in out
    fine = [line[11:] for line in out.splitlines() if line.startswith("ok ")]
    return code, fine, [line[11:] for line in out.splitlines() if line.startswith("look here ")]


def amiss(capsys: pytest.CaptureFixture[str], *, api: str | None = None) -> str:
    """Run it; return the one thing to look at."""
    code, _, [sentence] = look(capsys, api=api)
    assert code == 1
    assert sentence.endswith(".")
    return sentence


def test_when_all_is_well(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, fine, [] = look(capsys)
    assert code == 0
    assert fine[0] == f"Python {'.'.join(map(str, sys.version_info[:3]))}"
    assert fine[1] == f"one Hush, in {ROOT}"
    assert any(line.startswith("packages: discord.py, davey, PyNaCl, av") for line in fine)
    assert any(line.startswith(f"database {place / 'hush.db'}: empty") for line in fine)
    assert f"{len(Library.load().triggers)} sounds, and each of them plays" in fine
    assert not place.exists(), "looking leaves nothing behind"


def test_the_invite_asks_for_the_needed_permissions_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    _, fine, _ = look(capsys)
    [link] = [line.removeprefix("invite it with ") for line in fine if line.startswith("invite it with ")]
    asked = parse_qs(urlsplit(link).query)
    assert asked["client_id"] == [str(APPLICATION_ID)]
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}
    assert asked["permissions"] == [str(INVITED_WITH.value)]
    assert not INVITED_WITH.administrator


def test_without_a_token(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("HUSH_DISCORD_TOKEN")
    assert amiss(capsys).startswith("HUSH_DISCORD_TOKEN is not set. Copy the bot's token into it")


def test_with_something_else_than_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUSH_DISCORD_TOKEN", "0123456789abcdef")
    sentence = amiss(capsys)
    assert sentence.startswith("HUSH_DISCORD_TOKEN is not a bot token.")
    assert "0123456789abcdef" not in sentence


def test_with_a_setting_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUSH_SHARD_COUNT", "none")
    assert amiss(capsys).startswith("HUSH_SHARD_COUNT is not usable: ")


async def asked(api: str) -> list[doctor.Finding]:
    """Look at everything from a thread: the command brings an event loop of its own."""
    return await asyncio.to_thread(lambda: list(doctor.examine(offline=False, api=api)))


async def test_discord_accepts_the_token(server: RecordingDiscord) -> None:
    found = await asked(server.url)
    assert all(finding.fine for finding in found), found
    assert any(finding.text.startswith("Discord accepts the token") for finding in found)


async def test_discord_refuses_the_token(server: RecordingDiscord) -> None:
    await server.script(invalid_token())
    [bad] = [finding for finding in await asked(server.url) if not finding.fine]
    assert bad.text.startswith("Discord does not accept HUSH_DISCORD_TOKEN. Make a new one")


async def test_discord_has_a_bad_day(server: RecordingDiscord) -> None:
    await server.script(server_error(503, times=None))
    [bad] = [finding for finding in await asked(server.url) if not finding.fine]
    assert bad.text.startswith("Discord could not be asked about the token: it answered with HTTP 503.")


def test_without_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = amiss(capsys, api=NOWHERE)
    assert sentence.startswith("Discord could not be asked about the token: there is no way to it")


def test_a_data_folder_that_is_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place.write_text("")
    assert amiss(capsys) == f"{place} is a file where the data folder should be. Set HUSH_DATA_DIR."


def test_little_room(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(place.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=99_000_000))
    assert amiss(capsys).startswith(f"The data folder {place} has only 99 MB left. Make room")


def test_an_older_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (4, 0))
    assert "is too old." in amiss(capsys)


def test_a_database_that_a_running_hush_owns(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(at(place / "hush.db"))
    ownership = Ownership(place)
    try:
        code, fine, _ = look(capsys)
    finally:
        ownership.release()
    assert code == 0
    assert any("a Hush is using it now" in line for line in fine)


def test_a_damaged_database(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = place / "hush.db"
    migrate(at(file))
    file.write_bytes(file.read_bytes()[:5_000])
    assert amiss(capsys).startswith(f"The database {file} is damaged: ")


def test_a_newer_database(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = place / "hush.db"
    migrate(at(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert amiss(capsys).startswith(f"The database {file} was written by a newer Hush")


def test_a_database_of_another_program(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place.mkdir()
    with closing(sqlite3.connect(place / "hush.db")) as connection:
        connection.execute("CREATE TABLE cats (name)")
    assert "but not one of Hush's" in amiss(capsys)


def test_a_sound_that_does_not_decode_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "audio_assets", tmp_path / "assets", ignore=shutil.ignore_patterns("__*"))
    rain = tmp_path / "assets" / "water" / "rain.opus"
    whole = rain.read_bytes()
    library = Library.load(tmp_path / "assets")
    check_sounds(library)
    for damaged in (b"", b"not a sound", whole[:3_000]):
        rain.write_bytes(damaged)
        with pytest.raises(ContentError, match=r"^rain\.opus: "):
            check_sounds(library)


def install(site: Path, project: str, package: str) -> None:
    """Put there what pip writes down about a project with that package."""
    info = site / f"{project.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"{package}/__init__.py,,\n{info.name}/METADATA,,\n")


def test_another_project_with_a_package_of_our_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for project in ("hush-asmr", "music-bot"):
        install(tmp_path / "site", project, "cogs")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    sentence = amiss(capsys)
    assert sentence.startswith("The package cogs belongs to hush-asmr and music-bot, which overwrite each")


def test_packages_in_different_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cogs, "__file__", str(tmp_path / "cogs" / "__init__.py"))
    assert amiss(capsys).startswith("Hush's packages are not in one place: ")


def test_a_wheel_that_does_not_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "davey", None)
    code, _, sentences = look(capsys)
    assert code == 1
    assert sentences[0].startswith("davey cannot be imported. Start with ./hush, which installs them")
