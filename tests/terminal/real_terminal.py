"""A real pseudo-terminal with a screen that can be read: pexpect runs the program, pyte shows what one would see."""

import os
import signal
import sys
from pathlib import Path

import pexpect
import pyte

PATIENCE = 60
"""Seconds until a test gives up; nothing waits for a time, only for what is shown."""


def default_signals() -> None:
    """Give the program the signals that a shell gives it, whatever started the tests: `nohup` ignores SIGHUP."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


class Terminal:
    """`dva` on a terminal of `columns` by `rows`."""

    def __init__(self, *arguments: str, columns: int = 80, rows: int = 50, **env: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = pexpect.spawn(
            sys.executable, ["-m", "dva", *arguments], dimensions=(rows, columns), timeout=PATIENCE,
            env={**kept, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **env}, preexec_fn=default_signals,
        )  # fmt: skip
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""

    @property
    def shown(self) -> str:
        """Everything that was drawn, what has scrolled away included."""
        above = ["".join(row[x].data for x in range(self.screen.columns)) for row in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display])

    def read(self) -> bool:
        """Take what the program has written; False where it has ended."""
        try:
            data = self.process.read_nonblocking(65536, timeout=PATIENCE)
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def until(self, text: str, times: int = 1) -> str:
        """Wait until `text` is shown (so often); what is shown then."""
        while self.shown.count(text) < times:
            if not self.read():
                raise AssertionError(f"ended before {text!r} was shown:\n{self.shown}")
        return self.shown

    def press(self, keys: str) -> None:
        """Type."""
        self.process.send(keys)

    def resize(self, columns: int, rows: int = 50) -> None:
        """Another size, as when a window is drawn smaller."""
        self.process.setwinsize(rows, columns)
        self.screen.resize(rows, columns)

    def end(self) -> int:
        """Read to the end; the exit code, or minus the signal."""
        while self.read():
            pass
        self.process.close()
        status = self.process.exitstatus
        return status if status is not None else -(self.process.signalstatus or 0)


def bank(folder: Path) -> Path:
    """A small content folder: three notes of one topic, a question of each kind."""
    for kind in ("notes", "questions"):
        (folder / kind).mkdir(parents=True)
    note = '- {{id: demo.{0}, text: "Truth {0}.", source: "AWS: https://x", checked_on: "2026-11-24"}}'
    notes = "\n".join(note.format(n) for n in range(1, 8))
    (folder / "notes" / "demo.yaml").write_text(f"title: Demo\nnotes:\n{notes}\n")
    (folder / "questions" / "demo.yaml").write_text(QUESTIONS)
    return folder


_TAIL = """\
  exams: {dva-c02: "3.4", dva-c03: "3.3"}
  source: "AWS: https://x"
  checked_on: "2026-11-24"
"""
QUESTIONS = "".join(
    f"""\
- id: demo.q{n}
  type: single
  stem: Single {n}?
  options:
  - {{id: right, text: Right {n}, correct: true, why: "Because of truth {n}."}}
  - {{id: wrong, text: Wrong {n}, why: "Against truth {n}."}}
  - {{id: other, text: Other {n}, why: "Not even near {n}."}}
  notes: [demo.{n}]
{_TAIL}"""
    for n in range(1, 6)
) + (
    f"""\
- id: demo.order
  type: order
  stem: In which order?
  options:
  - {{id: first, text: First, why: "It begins."}}
  - {{id: then, text: Then, why: "It follows."}}
  - {{id: last, text: Last, why: "It ends."}}
  order: [first, then, last]
  notes: [demo.6]
{_TAIL}- id: demo.match
  type: match
  stem: What belongs together?
  pairs: [[day, sun], [night, moon]]
  notes: [demo.7]
{_TAIL}"""
)
