import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["text", "outline", "scenario_input", "sentences", "jsontext"])
def test_what_needs_no_screen_does_not_import_rich(module: str) -> None:
    code = f"import sys, dva.render.{module}; print([m for m in ('rich', 'yaml', 'sqlite3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
