"""The display mode: one decision for the reader of input and for the screens, by options, environment and setting."""

import sys

import pytest

from dva.cli._display import DisplayMode, display_mode

PLAIN, KEYS = DisplayMode("plain", True), DisplayMode("keys", False)


class Stream:
    """A standard stream that is a terminal, or is not."""

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("variable", "term", "terminal", "option", "setting", "expected"),
    [
        ("", "xterm", True, False, False, KEYS),
        ("", "xterm", True, True, False, PLAIN),
        ("", "xterm", True, False, True, PLAIN),
        ("1", "xterm", True, False, False, PLAIN),
        ("", "dumb", True, False, False, PLAIN),
        ("", "", True, False, False, DisplayMode("plain", False)),
        ("", "xterm", False, False, False, DisplayMode("plain", False)),
        ("", "xterm", False, False, True, PLAIN),
        ("0", "xterm", True, False, True, KEYS),
        ("0", "xterm", False, False, True, KEYS),
        ("0", "dumb", True, False, False, DisplayMode("keys", True)),
        ("0", "xterm", True, True, False, PLAIN),
    ],
)
def test_the_display_mode(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    term: str,
    terminal: bool,
    option: bool,
    setting: bool,
    expected: DisplayMode,
) -> None:
    monkeypatch.setenv("DVA_PLAIN", variable)
    monkeypatch.setenv("TERM", term)
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(sys, name, Stream(terminal))
    assert display_mode(plain=option, stored_plain=lambda: setting) == expected
    assert display_mode(plain=option, json=True, stored_plain=lambda: setting).reader == "json"


def test_the_setting_is_looked_up_only_where_it_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def stored_plain() -> bool:
        raise AssertionError("not needed")

    for variable, option in (("1", False), ("0", False), ("", True)):
        monkeypatch.setenv("DVA_PLAIN", variable)
        display_mode(plain=option, stored_plain=stored_plain)
