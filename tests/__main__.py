"""`./hush test`: everything that must hold before a change lands, the quick checks first.

--long adds the full soaks. Anything else goes to pytest: `./hush test tests/audio -k limiter` runs just that.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEARD = (
    *("audio", "corpus", "e2e", "gateway", "journey"),
    *("plug", "reminders", "sandbox", "sandbox_recording", "voice"),
)
"""About half of all the time tests take; the other half is everything else."""


SOME_FAILED = 1
"""How pytest ends when it ran all tests and some failed; anything else is no run at all."""


def _run(name: str, *argv: str) -> bool:
    return _code(name, *argv) == 0


def _code(name: str, *argv: str) -> int:
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, check=False)
    print(
        f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.perf_counter() - began:.0f} s)",
        flush=True,
    )
    return done.returncode


def _halves(marks: Sequence[str]) -> bool:
    """Run the tests in two processes, a core each; what fails is run once more, alone.

    Much here is measured in real time, and a machine may stand still for a moment: a test that is wrong is
    wrong twice.
    """
    heard = [f"tests/{folder}" for folder in HEARD]
    halves = {"heard": heard, "others": ["tests", *(f"--ignore={folder}" for folder in heard)]}
    pytest = {
        name: ["-m", "pytest", "-q", "-o", f"cache_dir=.pytest_cache/{name}", *marks, *folders]
        for name, folders in halves.items()
    }
    with ThreadPoolExecutor() as side_by_side:
        first = side_by_side.map(
            lambda name: _code(f"tests, {name}", "-m", "coverage", "run", *pytest[name]), halves
        )
        ended = dict(zip(halves, first, strict=True))
    again = ("--last-failed", "--last-failed-no-failures=none")
    return all(
        code == 0
        or (code == SOME_FAILED and _run(f"tests, {name}, what failed once more", *pytest[name], *again))
        for name, code in ended.items()
    )


def main(argv: list[str]) -> int:
    long = "--long" in argv
    rest = [word for word in argv if word != "--long"]
    marks = [] if long else ["-m", "not long"]
    if rest:
        return 0 if _run("tests", "-m", "pytest", *marks, *rest) else 1
    os.environ["COVERAGE_CORE"] = "sysmon" if sys.version_info >= (3, 14) else "ctrace"
    subprocess.run([sys.executable, "-m", "coverage", "erase"], cwd=ROOT, check=True)
    passed = [
        _run("lint", "-m", "ruff", "check", "."),
        _run("format", "-m", "ruff", "format", "--check", "."),
        _run("types", "-m", "mypy"),
        _run("imports", "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
        _halves(marks),
    ]
    subprocess.run([sys.executable, "-m", "coverage", "combine", "-q"], cwd=ROOT, check=False)
    passed.append(_run("coverage", "-m", "coverage", "report"))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
