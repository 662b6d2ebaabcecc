"""Why an option of a predict question is right or wrong: the step that decides, its sum, or a belief refuted."""

from collections.abc import Sequence

from dva.items.wording import is_number, value_text
from dva.simulations.frame import Belief, Simulation
from dva.trace import Step, Trace

MAX_TERMS = 8
"""Steps of a sum that are listed; the last ones where there are more."""


def of_key(simulation: Simulation, truth: Trace, place: str) -> str:
    """Return the step that gave the place its value, and the steps before it where the value is counted up."""
    step = deciding(truth, place)
    if step is None:
        return "No rule applies, so nothing happens."
    return f"{_counted(truth, place) or _title(step)}. {simulation.explain(step)}"


def of_filler(truth: Trace, place: str, key: str, other: str) -> str:
    """Return what an option that nobody's belief predicts is wrong against: the step, and what it gives."""
    step = deciding(truth, place)
    if step is None:
        return f"Nothing makes it {other}: it is {key}."
    sentence = " " in key and key[:1].isupper()
    return f"{_title(step)}. " + (f'So it is "{key}", not this.' if sentence else f"That gives {key}, not {other}.")


def of_belief(beliefs: Sequence[Belief]) -> str:
    """Return what somebody must believe to predict an option, and why that is wrong."""
    first, *others = beliefs
    also = ", or ".join(f"if {_clause(other.statement)}" for other in others)
    return (
        f"That would follow if {_clause(first.statement)}. {first.why_wrong}{f' It also follows {also}.' * bool(also)}"
    )


def deciding(truth: Trace, place: str) -> Step | None:
    """Return the step that gave a place its value; the one that ended the run where none did."""
    return truth.deciding_step(place) or truth.deciding_step("/status") or next(reversed(truth.steps), None)


def _title(step: Step) -> str:
    return step.title.rstrip(".")


def _counted(truth: Trace, place: str) -> str:
    """Return the terms of what several steps have made: `get a: a miss (1); get b: a miss (2)`."""
    terms: list[str] = []
    now = None
    whole = "/outcome" + place
    for step in truth.steps:
        for change in step.changes:
            if change.path == whole and change.new not in (now, change.old) and is_number(change.new):
                now = change.new
                terms.append(f"{_title(step)} ({value_text(now)})")
            elif change.path.startswith(whole + "/") and _title(step) not in terms[-1:]:
                terms.append(_title(step))
    if len(terms) < 2:
        return ""
    return ("" if len(terms) <= MAX_TERMS else "…; ") + "; ".join(terms[-MAX_TERMS:])


def _clause(text: str) -> str:
    """Return the sentence as a clause: a plain first word loses its capital, names like `ECS` keep theirs."""
    first = text.split(" ", 1)[0].rstrip(".")
    return text[0].lower() + text[1:].rstrip(".") if first[1:].islower() or len(first) == 1 else text.rstrip(".")
