import io

import pytest

from dva.render.screen import console, heading, line, stack


class Terminal(io.StringIO):
    """A stream that says it is a terminal with this encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the real one is read-only too
        return self._encoding

    def isatty(self) -> bool:
        return True


class Piped(Terminal):
    """A stream that is no terminal."""

    def isatty(self) -> bool:
        return False


def shown(file: io.StringIO, **environ: str) -> str:
    screen = console(file=file, environ=environ)
    screen.print(stack(line(("✓ right", "good"), " → ", ("✗ wrong", "bad"))))
    return file.getvalue()


def test_a_terminal_gets_blue_and_orange() -> None:
    text = shown(Terminal(), TERM="xterm-256color")
    assert "\x1b[1;38;5;32m✓ right" in text and "\x1b[1;38;5;166m✗ wrong" in text


def test_sixteen_colours_get_blue_and_yellow() -> None:
    assert "\x1b[1;94m✓ right" in shown(Terminal(), TERM="xterm") and "\x1b[1;33m" in shown(Terminal(), TERM="xterm")


@pytest.mark.parametrize("environ", [{"TERM": "xterm-256color", "NO_COLOR": "1"}])
def test_no_color_keeps_bold_alone(environ: dict[str, str]) -> None:
    text = shown(Terminal(), **environ)
    assert "\x1b[1m" in text and "38;5" not in text


@pytest.mark.parametrize("file", [Terminal(), Piped()])
def test_a_dumb_terminal_or_a_file_gets_no_sequences(file: io.StringIO) -> None:
    assert shown(file, TERM="dumb") == "✓ right → ✗ wrong\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "ANSI_X3.4-1968"])
def test_a_stream_without_utf8_gets_ascii(encoding: str) -> None:
    text = shown(Terminal(encoding), TERM="dumb")
    assert text == "ok right -> no wrong\n"


@pytest.mark.parametrize(("columns", "width"), [("40", 40), ("132", 110), ("5", 20), ("wide", 80), ("", 80)])
def test_columns_decide_the_width(columns: str, width: int) -> None:
    assert console(file=io.StringIO(), environ={"COLUMNS": columns}).display.width == width


def test_an_address_wider_than_the_screen_stays_whole() -> None:
    screen = console(width=40, file=(out := io.StringIO()), environ={})
    screen.print(stack(line("https://docs.aws.amazon.com/" + "x" * 60), heading("a title " * 9, screen.display)))
    address, title = out.getvalue().splitlines()
    assert len(address) == 88 and len(title) <= 40
