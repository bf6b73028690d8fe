"""The wheel: what is inside, and that it works alone, outside the checkout and without an ffmpeg."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import av
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=100)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with Hush from the wheel; what it depends on is lent by the one testing it."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=True, symlinks=True)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True, timeout=100)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True, timeout=100)
    # What a .pth names comes behind the environment's own packages.
    lent = Path(asked.stdout.strip(), "lent.pth")
    lent.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def hush(environment: Path, folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command with nothing else on the path, and no setting."""
    return subprocess.run(
        [str(environment / "bin" / "hush"), *argv],
        cwd=folder,
        env={"PATH": str(environment / "bin"), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_it_holds_the_three_packages_and_all_that_belongs_to_them(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    [info] = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {"bot", "cogs", "audio_assets", info}
    files = (file for top in sorted(tops - {info}) for file in (ROOT / top).rglob("*") if file.is_file())
    here = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    assert here <= names
    assert {".toml", ".opus", ".html", ".css", ".js", ".svg"} <= {Path(name).suffix for name in names}
    assert any(name.startswith("bot/store/migrations/versions/0001") for name in names)


def test_doctor_misses_only_the_token(environment: Path, tmp_path: Path) -> None:
    done = hush(environment, tmp_path, "doctor", "--offline")
    [complaint] = [line for line in done.stdout.splitlines() if line.startswith("look here ")]
    assert "HUSH_DISCORD_TOKEN is not set" in complaint
    assert f"one Hush, in {environment.resolve()}" in done.stdout, "the wheel's, not the checkout's"
    assert (done.returncode, done.stderr) == (1, "")


def test_it_renders_a_sound(environment: Path, tmp_path: Path) -> None:
    done = hush(environment, tmp_path, "sounds", "render", "rain", "--seconds", "4", "--out", "rain.wav")
    assert (done.returncode, done.stderr) == (0, "")
    with av.open(str(tmp_path / "rain.wav")) as sound:
        frames = list(sound.decode(audio=0))
        assert sum(frame.samples for frame in frames) == 4 * frames[0].sample_rate
        assert any(frame.to_ndarray().any() for frame in frames), "not silence"


def test_it_makes_and_backs_up_a_database(environment: Path, tmp_path: Path) -> None:
    assert hush(environment, tmp_path, "db", "migrate").stdout.startswith("The database ")
    assert hush(environment, tmp_path, "db", "backup", "all.gz").returncode == 0
    assert (tmp_path / "all.gz").exists()
