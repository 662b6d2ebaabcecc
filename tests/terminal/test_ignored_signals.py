"""The tests on a real terminal pass however they are started: also where SIGHUP and SIGINT are ignored."""

import signal
import subprocess
import sys

import pytest
from bundled import ROOT

ENDS = ROOT / "tests" / "terminal" / "test_keys.py"


def ignore_signals() -> None:
    """What `nohup` and a background job of a shell do."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.slow
def test_a_session_ends_by_signals_though_the_tests_ignore_them() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", f"{ENDS}", "-k", "however_it_ends"],
        cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=300,
        preexec_fn=ignore_signals,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
