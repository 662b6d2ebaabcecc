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

from dva.app.quiz import Feedback, Reply, Shown
from dva.items import Item
from dva.items.entries import Note
from dva.terminal import Drawing, Reader
from dva.terminal.answers import COMMANDS

ASKING = "Enter answers  g guess  y easy  n note  s simulate  u undo  x suspend  q quit"
PREDICTING = "Enter predicts  m more  q quit"
TOLD = "Enter next  m more  n note  s simulate  w wrong key  u undo  x suspend  q quit"


class Keys(Reader):
    """One key at a time. The line that is being typed is redrawn in place, everything above stays."""

    def __init__(self, drawing: Drawing, *, predicts: bool = False) -> None:
        super().__init__(drawing)
        self.predicts = predicts
        self._on: Shown | Feedback | None = None
        """What the screen shows: it is drawn again only where something else has come between."""

    def ask(self, shown: Shown) -> Reply:
        """Show the question and collect digits until a key answers or commands."""
        if self._on is not shown:
            self.drawing.question(shown)
        self._on = shown
        typed = _Typed(shown)
        said, letters = (PREDICTING, "qm") if self.predicts else (ASKING, "gynsuxwqm")
        while True:
            key = press(lambda: f" {typed.line()}\n {said}", typed.digit, typed.erase, letters)
            if key == "m":
                self._whole(shown)
            elif key not in ("enter", "g", "y"):
                return Reply(COMMANDS[key], word=self._word() if key == "w" else "")
            elif typed.fits():
                return self._answer(typed.chosen, shown, key)
            else:
                self.drawing.line(typed.wanted())

    def _whole(self, shown: Shown) -> None:
        """All that the question speaks of."""
        if shown.item.exhibit:
            self.drawing.question(shown, whole=True)
        else:
            self.drawing.line("That is all of it; `m` shows more after the answer.")

    def _answer(self, chosen: list[int], shown: Shown, key: str) -> Reply:
        ids: tuple[Any, ...] = tuple(shown.choices[number - 1].id for number in chosen)
        if shown.item.lefts:
            ids = tuple(zip(shown.item.lefts, ids, strict=False))
        return Reply(chosen=ids, sure=key != "g", easy=key == "y")

    def tell(self, feedback: Feedback) -> Reply:
        """Show what it was worth and wait; `m` unfolds the other options."""
        if self._on is not feedback:
            self.drawing.feedback(feedback)
        self._on = feedback
        while True:
            key = press(lambda: f" {TOLD}", None, None, "mnswuxq")
            if key == "enter":
                return Reply("next")
            if key == "m":
                self.drawing.others(feedback)
            elif key == "w":
                return Reply("wrong", word=self._word())
            else:
                return Reply(COMMANDS[key])

    def _word(self) -> str:
        from prompt_toolkit import PromptSession

        typed: str = PromptSession[str]().prompt("Why is the key wrong? ")
        return typed.strip()

    def note(self, found: Sequence[Note]) -> None:
        """Show notes; a question comes again below them, with its options."""
        super().note(found)
        self._on = None if isinstance(self._on, Shown) else self._on

    def simulate(self, item: Item) -> bool:
        """Step through the simulation; Enter goes on, q comes back to the same place."""
        done = super().simulate(item)
        self._on = None if done else self._on
        return done


class _Typed:
    """The digits typed so far: they choose, again unchoose; an order and pairs collect them."""

    def __init__(self, shown: Shown) -> None:
        self.chosen: list[int] = []
        self.choices, self.lefts = len(shown.choices), len(shown.item.lefts)
        self.order = shown.item.question.type == "order"
        self.many = self.lefts or self.order or shown.item.question.type == "multi"

    def digit(self, number: int) -> None:
        """A digit."""
        if not 1 <= number <= self.choices:
            return
        if number in self.chosen and not self.lefts:
            self.chosen.remove(number)
        elif not self.many:
            self.chosen[:] = [number]
        elif not self.lefts or len(self.chosen) < self.lefts:
            self.chosen.append(number)

    def erase(self) -> None:
        """Take the last one back."""
        del self.chosen[-1:]

    def line(self) -> str:
        """What the answer is so far."""
        if self.lefts:
            return "Your pairs: " + " ".join(f"{chr(65 + i)}={n}" for i, n in enumerate(self.chosen)) + "_"
        return "Your answer: " + " ".join(map(str, self.chosen)) + "_"

    def fits(self) -> bool:
        """Whether it can be given: none says don't know; an order and pairs are given whole."""
        if not self.chosen:
            return True
        return len(self.chosen) == (self.lefts or self.choices) or not (self.lefts or self.order)

    def wanted(self) -> str:
        """What is missing."""
        return f"All {self.lefts or self.choices} are wanted, or none for don't know; Backspace takes one back."


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
    """Wait for Enter (True) or q (False); `text` says so, where nothing above does."""
    return press(lambda: f" ({text})" if text else "", None, None, "q") == "enter"
