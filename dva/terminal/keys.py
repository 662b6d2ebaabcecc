"""Keys on a terminal: digits choose, letters command, Enter answers. Only prompt_toolkit is needed for that."""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import ColorDepth

from dva.app.quiz import Feedback, Reply, Shown, Summary
from dva.items import Item
from dva.items.entries import Note
from dva.terminal import Drawing
from dva.terminal.answers import COMMANDS

ASKING = "Enter answers  g guess  y easy  n note  s simulate  u undo  x suspend  q quit"
TOLD = "Enter next  m more  n note  s simulate  w wrong key  u undo  x suspend  q quit"


class Keys:
    """One key at a time. The line that is being typed is redrawn in place, everything above stays."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def ask(self, shown: Shown) -> Reply:
        """Show the question and collect digits until a key answers or commands."""
        self.drawing.question(shown)
        chosen: list[int] = []
        order = bool(shown.item.lefts) or shown.item.question.type == "order"
        many = order or shown.item.question.type == "multi"

        def digit(number: int) -> None:
            if not 1 <= number <= len(shown.choices):
                return
            if number in chosen and not shown.item.lefts:
                chosen.remove(number)
            elif not many:
                chosen[:] = [number]
            elif not shown.item.lefts or len(chosen) < len(shown.item.lefts):
                chosen.append(number)

        def erase() -> None:
            if chosen:
                chosen.pop()

        while True:
            key = press(lambda: f" {_line(chosen, shown)}\n {ASKING}", digit, erase, "gynsuxwq")
            if key in ("enter", "g", "y"):
                if (key != "enter" and not chosen) or _complete(chosen, shown):
                    return self._answer(chosen, shown, key)
                self.drawing.line(f"Choose all {_wanted(shown)} first, or none for don't know.")
            elif key != "m":
                return Reply(COMMANDS[key])

    def _answer(self, chosen: list[int], shown: Shown, key: str) -> Reply:
        ids: tuple[Any, ...] = tuple(shown.choices[number - 1].id for number in chosen)
        if shown.item.lefts:
            ids = tuple(zip(shown.item.lefts, ids, strict=False))
        return Reply(chosen=ids, sure=key != "g", easy=key == "y")

    def tell(self, feedback: Feedback) -> Reply:
        """Show what it was worth and wait; `m` unfolds the other options."""
        self.drawing.feedback(feedback, all_options=False)
        while True:
            key = press(lambda: f" {TOLD}", None, None, "mnswuxq")
            if key == "enter":
                return Reply("next")
            if key == "m":
                self.drawing.feedback(feedback, all_options=True)
            elif key == "w":
                return Reply("wrong", word=self._word())
            else:
                return Reply(COMMANDS[key])

    def _word(self) -> str:
        from prompt_toolkit import PromptSession

        typed: str = PromptSession[str]().prompt("Why is the key wrong? ")
        return typed.strip()

    def note(self, found: Sequence[Note]) -> None:
        """Show notes."""
        self.drawing.notes(found)

    def simulate(self, item: Item) -> None:
        """Step through the simulation; Enter goes on, q comes back."""
        self.drawing.simulation(item)

    def say(self, text: str) -> None:
        """One line."""
        self.drawing.line(text)

    def undone(self, shown: Shown | None) -> None:
        """Say it; the question comes again by itself."""
        self.drawing.line("Undone." if shown else "There is no answer of this session to undo.")

    def end(self, summary: Summary) -> None:
        """The last words."""
        self.drawing.summary(summary)


def _line(chosen: list[int], shown: Shown) -> str:
    if shown.item.lefts:
        return "Your pairs: " + " ".join(f"{chr(65 + i)}={n}" for i, n in enumerate(chosen)) + "_"
    return "Your answer: " + " ".join(map(str, chosen)) + "_"


def _wanted(shown: Shown) -> int:
    return len(shown.item.lefts) or len(shown.choices)


def _complete(chosen: list[int], shown: Shown) -> bool:
    """Orders and matches are given whole or not at all."""
    whole = shown.item.lefts or shown.item.question.type == "order"
    return not chosen or not whole or len(chosen) == _wanted(shown)


def press(
    text: Callable[[], str],
    digit: Callable[[int], None] | None,
    erase: Callable[[], None] | None,
    letters: str,
) -> str:
    """Wait for a key that ends the line: `enter` or one of `letters`. Ctrl-C interrupts, Ctrl-D is end of input."""
    keys = KeyBindings()
    for name in letters:
        _bind(keys, name, name)
    _bind(keys, "enter", "enter")
    _bind(keys, "c-j", "enter")  # what Enter sends to a terminal that is not raw yet
    if "g" in letters:
        _bind(keys, "?", "g")
    if "y" in letters:
        _bind(keys, "!", "y")

    @keys.add("c-c")
    def _(event: Any) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    @keys.add("c-d")
    def _(event: Any) -> None:
        event.app.exit(exception=EOFError())

    if digit is not None and erase is not None:
        for number in "123456789":
            keys.add(number)(lambda event, n=int(number): digit(n))
        keys.add("backspace")(lambda event: erase())
    window = Window(FormattedTextControl(lambda: _wrapped(text())), dont_extend_height=True, wrap_lines=True)
    app: Application[str] = Application(
        Layout(window), key_bindings=keys, color_depth=ColorDepth.DEPTH_1_BIT, erase_when_done=True
    )
    return app.run()


def _wrapped(text: str) -> str:
    """Folded between keys, not within a word, as wide as the terminal is now."""
    width = max(20, get_app().output.get_size().columns - 1)
    return "\n".join(wrap for line in text.split("\n") for wrap in textwrap.wrap(line, width, subsequent_indent=" "))


def _bind(keys: KeyBindings, key: str, result: str) -> None:
    @keys.add(key)
    def _(event: Any) -> None:
        event.app.exit(result=result)


def enter(text: str) -> bool:
    """Wait for Enter (True) or q (False)."""
    return press(lambda: f" ({text})", None, None, "q") == "enter"
