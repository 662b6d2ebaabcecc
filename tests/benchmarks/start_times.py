"""Start-up times of dva's commands, relative to a bare Typer app with two commands running one of them.

    python tests/benchmarks/start_times.py [RUNS]

Each command is run in turn with the bare app, and the medians are divided: the ratio holds where the machine's
speed drifts. Progress is made first, so that the daily path is measured and not the first start.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = """
import typer
app = typer.Typer(add_completion=False, rich_markup_mode=None)
@app.command()
def one(word: str = "x") -> None: print(word)
@app.command()
def two() -> None: print("two")
app()
"""
COMMANDS: tuple[tuple[list[str], float | None], ...] = (
    (["--version"], 1.1),
    (["--help"], None),
    (["simulate", "ecs-placement", "spread-zones-then-binpack", "--json"], 1.8),
    ([], 2.5),
    (["quiz", "--plain"], 2.5),
    (["topics"], None),
    (["report"], None),
)


def seconds(command: list[str], env: dict[str, str]) -> float:
    """The wall time of one run."""
    began = time.perf_counter()
    subprocess.run(command, env=env, input=b"q\n", capture_output=True, check=False)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        env = {**os.environ, "DVA_HOME": folder, "HOME": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed dva is compiled once, not at every start
        dva = str(Path(sys.executable).parent / "dva")
        subprocess.run([dva, "quiz", "--plain"], input=b"A\nA\n", env=env, capture_output=True, check=False)
        print(f"{'command':<62} {'bare ms':>8} {'dva ms':>8} {'ratio':>6} {'aim':>5}")
        for arguments, aim in COMMANDS:
            pairs = [
                (seconds([sys.executable, str(bare), "one"], env), seconds([dva, *arguments], env)) for _ in range(runs)
            ]
            base, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(b / a for a, b in pairs)
            name = " ".join(["dva", *arguments])
            print(f"{name:<62} {base * 1000:8.1f} {ours * 1000:8.1f} {ratio:6.2f} {aim or '':>5}")


if __name__ == "__main__":
    main()
