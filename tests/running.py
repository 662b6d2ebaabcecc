"""`dva` run as a learner runs it: a process of its own."""

import subprocess
from collections.abc import Callable

RunDva = Callable[..., subprocess.CompletedProcess[str]]
