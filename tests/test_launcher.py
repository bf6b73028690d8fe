"""./hush on machines that lack something: one sentence that says what to do, no traceback."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("hush", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def launch(checkout: Path, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    basic = {"PATH": os.defpath, "HOME": str(checkout)}
    return subprocess.run(
        [sys.executable, "hush", *argv],
        cwd=checkout,
        env=basic | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_it_fits_one_screen_and_parses_on_an_old_python():
    source = (ROOT / "hush").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 80
    ast.parse(source, feature_version=(3, 7))


def test_without_a_network_it_says_so(checkout: Path):
    done = launch(checkout, "demo", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert "check the network and try again" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_venv_it_says_what_to_install(checkout: Path):
    (checkout / "venv.py").write_text("raise ImportError('No module named ensurepip')\n", encoding="utf-8")
    done = launch(checkout, "demo", PYTHONPATH=str(checkout))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_start_that_misses_nothing_installs_nothing(checkout: Path):
    """The stamp of an earlier set-up is enough; without network anything else would fail."""
    environment = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    launch(checkout, "help", **environment)
    script = (checkout / "hush").read_text(encoding="utf-8").split('if __name__ == "__main__":')[0]
    (checkout / "stamp.py").write_text(
        script + "from types import SimpleNamespace\n"
        "subprocess.run = lambda *a, **k: SimpleNamespace(returncode=0)\nset_up('help')\n",
        encoding="utf-8",
    )
    subprocess.run([sys.executable, "stamp.py"], cwd=checkout, check=True, capture_output=True)
    bot = checkout / "bot"
    bot.mkdir()
    (bot / "__init__.py").write_text("", encoding="utf-8")
    (bot / "__main__.py").write_text("import sys; print('started', *sys.argv[1:])\n", encoding="utf-8")
    done = launch(checkout, "help", "me", **environment)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "started help me", "")
