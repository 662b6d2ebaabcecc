"""Keys on a terminal: digits choose, letters command, Enter answers. Only prompt_toolkit is needed for that."""

import textwrap
from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import ColorDepth

from dva.app.quiz.ports import ChosenPart, Feedback, Notice, PresentedQuestion, Reply
from dva.items.building import Item
from dva.items.entries import Note
from dva.terminal import Drawing, Reader
from dva.terminal.answers import COMMANDS
from dva.terminal.forms import ask_text

ASKING = "Enter answers  g guess  y easy  n note  s simulate  u undo  ? keys  q quit"
ALL_KEYS = (
    "1-9 choose, again takes back; Enter answers, g answers as a guess, y as easy; n note, s simulation, m all of it, "
    "u undoes the last action, w the key is wrong, x never ask this again, q quits and keeps every answer."
)
ONE_KEY = "In one-key mode a digit answers; g or y before it says how sure you are."
DONT_KNOW = "Nothing is chosen. Enter again says that you don't know; a digit chooses."
CHOOSE_ONE = "Choose one option: press its digit, then Enter. q quits"
PREDICTING = "Enter predicts  m more  q quit"
FEEDBACK = "Enter next  m more  n note  s simulate  w wrong key  u undo  ? keys  q quit"


class Keys(Reader):
    """Reads one key at a time. The line that is being typed is redrawn in place, everything above stays.

    `predicting` offers the keys of a prediction before a simulation runs. With `one_key` a digit answers where one
    option is asked for.
    """

    def __init__(
        self, drawing: Drawing, describe: Callable[[Notice], str], *, predicting: bool = False, one_key: bool = False
    ) -> None:
        super().__init__(drawing, describe)
        self.predicting = predicting
        self.one_key = one_key
        self._displayed: PresentedQuestion | Feedback | None = None
        """What is on the screen: it is drawn again only where something else was drawn since."""

    def ask(self, question: PresentedQuestion) -> Reply:
        """Show the question and collect digits until a key answers or commands."""
        if self._displayed is not question:
            self.drawing.question(question, whole=self.predicting)
        self._displayed = question
        typed = _TypedAnswer(question, one_key=self.one_key)
        legend, letters = (PREDICTING, "qm") if self.predicting else (ASKING, "gynsuxwqm?")
        hint = ""
        while True:
            key = press(lambda: f" {typed.line()}\n {hint or legend}", typed.digit, typed.erase, letters)  # noqa: B023
            was_asked, hint = hint == DONT_KNOW, ""
            if key == "m":
                self._show_whole(question)
            elif key == "?":
                self.drawing.line(f"{ALL_KEYS} {ONE_KEY}" if self.one_key else ALL_KEYS)
            elif key == "w":
                if reason := self._ask_reason():
                    return Reply("wrong", reason=reason)
            elif key not in ("enter", "g", "y"):
                return Reply(COMMANDS[key])
            elif typed.one_key and key in "gy":
                typed.mark = "" if typed.mark == key else key
            elif missing := typed.missing(key):
                if was_asked and key == "enter" and not (typed.chosen or self.predicting):
                    return Reply(sure=False)
                hint = CHOOSE_ONE if self.predicting else missing
            else:
                return self._answer(typed.chosen, question, typed.mark or key)

    def _show_whole(self, asked: PresentedQuestion) -> None:
        """Draw the question with all of its exhibit."""
        if asked.item.exhibit:
            self.drawing.question(asked, whole=True)
        else:
            self.drawing.line("That is all of it; `m` shows more after the answer.")

    def _answer(self, chosen: list[int], asked: PresentedQuestion, key: str) -> Reply:
        ids = [asked.choices[number - 1].id for number in chosen]
        parts: list[ChosenPart] = [*zip(asked.item.lefts, ids, strict=False)] if asked.item.lefts else [*ids]
        return Reply(chosen=tuple(parts), sure=key != "g", easy=key == "y")

    def show_feedback(self, feedback: Feedback) -> Reply:
        """Show the result of the answer and wait for a key; `m` shows the other options."""
        if self._displayed is not feedback:
            self.drawing.feedback(feedback)
        self._displayed = feedback
        while True:
            key = press(lambda: f" {FEEDBACK}", None, None, "mnswuxq?")
            if key == "enter":
                return Reply("next")
            if key == "m":
                self.drawing.others(feedback)
            elif key == "?":
                self.drawing.line(ALL_KEYS)
            elif key != "w":
                return Reply(COMMANDS[key])
            elif reason := self._ask_reason():
                return Reply("wrong", reason=reason)

    def _ask_reason(self) -> str:
        """Return why the key is wrong; empty where the learner thought better of it."""
        reason = ask_text("Why is the key wrong? (Esc leaves) ").strip()
        if not reason:
            self.drawing.line("Nothing was noted.")
        return reason

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show notes; a question is drawn again below them."""
        super().show_notes(notes)
        self._displayed = None if isinstance(self._displayed, PresentedQuestion) else self._displayed

    def show_simulation(self, item: Item) -> bool:
        """Step through the simulation of a question; return False where there is none."""
        found = super().show_simulation(item)
        self._displayed = None if found else self._displayed
        return found


class _TypedAnswer:
    """The digits typed so far: one chooses an option, again unchooses it; an order and pairs collect them.

    `mark` is the key, `g` or `y`, that was pressed before the digit in one-key mode.
    """

    def __init__(self, asked: PresentedQuestion, *, one_key: bool) -> None:
        self.chosen: list[int] = []
        self.mark = ""
        self.choices, self.lefts = len(asked.choices), len(asked.item.lefts)
        self.order = asked.item.question.type == "order"
        self.many = self.lefts or self.order or asked.item.question.type == "multi"
        self.wanted = len(asked.item.key) if self.many else 1
        self.one_key = one_key and not self.many

    def digit(self, number: int) -> bool:
        """Choose or unchoose the option of this number, others are ignored; return whether that answers."""
        if not 1 <= number <= self.choices:
            return False
        if number in self.chosen and not self.lefts:
            self.chosen.remove(number)
        elif not self.many:
            self.chosen[:] = [number]
        elif not self.lefts or len(self.chosen) < self.lefts:
            self.chosen.append(number)
        return self.one_key

    def erase(self) -> None:
        """Remove the last digit."""
        del self.chosen[-1:]

    def line(self) -> str:
        """Return the answer so far, for the screen."""
        if self.lefts:
            return "Your pairs: " + " ".join(f"{chr(65 + i)}={n}" for i, n in enumerate(self.chosen)) + "_"
        how = {"g": " (a guess)", "y": " (easy)"}.get(self.mark, "")
        return f"Your answer{how}: " + " ".join(map(str, self.chosen)) + "_"

    def missing(self, key: str) -> str:
        """Return what is missing before `key` answers, for the screen; empty where it is an answer."""
        if not self.chosen:
            return DONT_KNOW if key == "enter" else f"Choose first: a digit, then {key}."
        if len(self.chosen) < self.wanted:
            return f"Choose {self.wanted - len(self.chosen)} more: {self.wanted} are wanted. Backspace takes one back."
        if len(self.chosen) > self.wanted:
            return f"Only {self.wanted} are wanted: press a digit again to take it back."
        return ""


def press(
    text: Callable[[], str],
    digit: Callable[[int], bool] | None,
    erase: Callable[[], None] | None,
    letters: str,
    *,
    is_over: Callable[[], bool] | None = None,
) -> str:
    """Wait for a key that ends the line and return it: `enter` or one of `letters`.

    `text` is redrawn below the screen after each key. A digit for which `digit` returns True ends the line like Enter.
    With `is_over` it is redrawn each second, and `over` is returned once that is true. Ctrl-C raises
    KeyboardInterrupt, Ctrl-D EOFError.
    """
    keys = KeyBindings()
    for name in letters:
        _exit_on(keys, name, name)
    _exit_on(keys, "enter", "enter")
    _exit_on(keys, "c-j", "enter")  # what Enter sends to a terminal that is not raw yet

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt())

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    if digit is not None and erase is not None:
        for number in "123456789":
            _on_digit(keys, int(number), digit)
        keys.add("backspace")(lambda event: erase())
    window = Window(FormattedTextControl(lambda: _wrapped(text())), dont_extend_height=True, wrap_lines=True)
    app: Application[str] = Application(
        Layout(window), key_bindings=keys, color_depth=ColorDepth.DEPTH_1_BIT, erase_when_done=True,
        refresh_interval=None if is_over is None else 1.0,
    )  # fmt: skip
    if is_over is not None:

        def leave(_: object) -> None:
            if is_over() and not app.is_done:
                app.exit(result="over")

        app.before_render += leave
    return app.run()


def _wrapped(text: str) -> str:
    """Return the text wrapped between words to the current width of the terminal."""
    width = max(20, get_app().output.get_size().columns - 1)
    return "\n".join(wrap for line in text.split("\n") for wrap in textwrap.wrap(line, width, subsequent_indent=" "))


def _exit_on(keys: KeyBindings, key: str, result: str) -> None:
    @keys.add(key)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=result)


def _on_digit(keys: KeyBindings, number: int, digit: Callable[[int], bool]) -> None:
    @keys.add(str(number))
    def _(event: KeyPressEvent) -> None:
        if digit(number):
            event.app.exit(result="enter")


def wait_for_enter(text: str) -> bool:
    """Return True on Enter, False on q; `text` names the keys where nothing above does."""
    return press(lambda: f" ({text})" if text else "", None, None, "q") == "enter"
