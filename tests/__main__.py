"""`./hush test`: everything that must hold before a change lands, the quick checks first.

--long adds the full soaks. Anything else goes to pytest: `./hush test tests/audio -k limiter` runs just that.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIDE_BY_SIDE = ("-n", "2", "--dist", "worksteal")
STUCK = ("-o", "faulthandler_timeout=330", "-o", "faulthandler_exit_on_timeout=true")
"""A test that not even its timeout ends says where it stands, and fails, instead of holding everything up."""


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


def _tests(marks: Sequence[str]) -> bool:
    """Run all tests in two processes, a core each; what fails is run once more, alone.

    Much here is measured in real time, and a machine may stand still for a moment: a test that is wrong is
    wrong twice.
    """
    pytest = ("-m", "coverage", "run", "-m", "pytest", "-q", *marks)
    code = _code("tests", *pytest, *SIDE_BY_SIDE, *(STUCK if marks else ()))
    again = ("--last-failed", "--last-failed-no-failures=none")
    return code == 0 or (code == SOME_FAILED and _run("tests, what failed once more", *pytest, *again))


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
        _tests(marks),
    ]
    subprocess.run([sys.executable, "-m", "coverage", "combine", "-q"], cwd=ROOT, check=False)
    passed.append(_run("coverage", "-m", "coverage", "report"))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
