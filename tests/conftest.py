"""What all tests share: no test sees the learner's home, and `dva` run as a learner runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from running import RunDva

# Every day the same examples, without a clock; DVA_FULL=1 looks for new ones.
settings.register_profile(
    "daily", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("full", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("full" if os.environ.get("DVA_FULL") else "daily")

FOREIGN = (
    "DVA_", "XDG_", "AWS_", "LANG", "LC_", "FORCE_COLOR", "PY_COLORS", "CLICOLOR", "TTY_",
    "GITHUB_ACTIONS", "PYTHONIOENCODING",
)  # fmt: skip
"""Beginnings of names in the environment that would change what dva, its libraries or bash print."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own for every test, 80 columns, no colour, UTF-8, whatever the tests were started with."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        if name not in ("DVA_GOLDEN", "DVA_FULL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DVA_HOME", str(home / "dva"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PYTHONUTF8", "1")


@pytest.fixture
def run_dva(tmp_path: Path) -> RunDva:
    """Run `dva` in a process of its own; `stdin` is its input, `env` is added to the environment, `timeout` in s."""

    def run(
        *arguments: str | Path,
        stdin: str | bytes = "",
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "dva", *(str(argument).encode() for argument in arguments)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
            cwd=cwd or tmp_path,
            check=False,
            timeout=timeout,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
