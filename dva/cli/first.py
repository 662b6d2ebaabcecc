"""The first start: three things in four lines, then the first card at once."""

import sys
from collections.abc import Callable
from typing import Any

from dva.cli._context import goes_on, now, say
from dva.errors import UsageError

KEYS = "In the quiz: digits choose, Enter answers, g is a guess, n opens the note, u undoes, q quits."
PLAIN_KEYS = "In the quiz: a letter answers, B? is a guess, n opens the note, u undoes, q quits."


def first_start(progress: Any, laid: Any, plain: bool) -> None:
    """Ask for the exam date and the minutes, tell the keys, and show the first card."""
    from dva.app import desk, settings, today
    from dva.app.quiz import Wish
    from dva.cli.quiz import start

    def keep(name: str) -> Callable[[str], None]:
        return lambda text: settings.change(progress, laid.exams, name, text, now())

    say(f"Welcome: {len(laid.candidates)} notes wait. Two questions, then the first card.")
    try:
        _ask("Exam day, like 2027-01-15 (or none): ", "none", plain, keep("exam-date"))
        _ask(f"Minutes a day (Enter: {desk.MINUTES}): ", str(desk.MINUTES), plain, keep("minutes"))
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("Stopped; `dva` asks again.\n")
        raise
    after = desk.lay(progress, laid.roots, now(), laid.library)
    progress.keep(today.TOLD, after.exam.id)
    say(f"{after.exam.id.upper()} it is. {PLAIN_KEYS if plain else KEYS}")
    if start(Wish(), None, plain=plain, json=False):
        _simulation(progress, laid, plain)


def _simulation(progress: Any, laid: Any, plain: bool) -> None:
    """The first session ends in a simulation: one that shows what was just asked, else something near."""
    from dva.app.simulate import case_for_notes
    from dva.cli._playback import play

    looks = progress.recent()
    answered = [look.card for look in looks if not look.correct] + [look.card for look in looks]
    topics = {look.topic for look in looks}
    siblings = [note for name, topic in laid.library.topics.items() if name in topics for note in topic.notes]
    scenario = case_for_notes(laid.roots, [*answered, *siblings, *laid.candidates])
    if scenario is None:
        return
    say(f"\nNow see it happen: {scenario.title}.")
    if goes_on("Enter runs it, q ends", plain):
        play(scenario, plain)
    say("That was the first day. Tomorrow `dva` says what is due.")


def _ask(prompt: str, default: str, plain: bool, keep: Callable[[str], None]) -> None:
    """Ask until the answer can be kept."""
    while True:
        try:
            return keep(_line(prompt, plain).strip() or default)
        except UsageError as problem:
            say(f"{problem}: {problem.hint}")


def _line(prompt: str, plain: bool) -> str:
    if not plain:
        from dva.terminal.forms import text

        return text(prompt)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
