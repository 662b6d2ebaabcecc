"""The bank of questions as a whole, in lines that fit a narrow screen."""

from collections.abc import Iterator, Sequence

from dva.app.bank import EVERYTHING, MIN_SEPARATING, BankReport
from dva.items.strategies import MAX_GAIN, Measure
from dva.render.text import pluralize

MAX_NAMED = 12
"""Names that are listed; the JSON form has all."""


def lines(report: BankReport) -> Iterator[str]:
    """Describe what naive strategies reach, and which beliefs and notes have too few questions."""
    total = report.measures[EVERYTHING]
    yield f"Answering without knowing, points above chance over {pluralize(total[0].items, 'question')}:"
    for place, measure in enumerate(total):
        chapters = {name: found[place] for name, found in report.measures.items() if name != EVERYTHING}
        yield "  " + _strategy(measure, chapters)
    yield _named(
        f"{len(report.few_questions)} of {pluralize(report.beliefs, 'belief')} have fewer than {MIN_SEPARATING} "
        "questions that tell them from the truth",
        [f"{name} {count}" for name, count in report.few_questions.items()],
    )
    yield _named(
        f"{pluralize(len(report.alike), 'pair')} of beliefs that no question tells apart",
        [f"{one} = {other.rpartition('/')[2]}" for one, other in report.alike],
    )
    yield _named(
        f"{len(report.without_study_probe)} of {pluralize(report.notes, 'note')} without a study probe",
        report.without_study_probe,
    )


def _strategy(measure: Measure, chapters: dict[str, Measure]) -> str:
    """Return `longest +1.2, most in cicd +3.9 (at least -1.9)`."""
    text = f"{measure.strategy:<24}{100 * measure.gain:+5.1f}"
    if chapters:
        worst = max(chapters, key=lambda name: chapters[name].lower)
        found = chapters[worst]
        text += f", {worst} {100 * found.gain:+.1f} (at least {100 * found.lower:+.1f})"
        over = measure.gain > MAX_GAIN or found.lower > MAX_GAIN
    else:
        over = measure.gain > MAX_GAIN
    return text + (f": more than {100 * MAX_GAIN:.0f}" if over else "")


def _named(text: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_NAMED])
    more = f", {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"{text}: {shown}{more}." if names else f"{text}."
