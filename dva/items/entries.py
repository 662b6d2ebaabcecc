"""Notes and questions as their authors wrote them."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Status = Literal["current", "legacy", "disputed"]


class Note(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One thing to know, and the card that is scheduled.

    `text` is the truth, `myth` what is commonly repeated instead; `covers` are numbered facts of the chapter. `depth`
    says whether an exam would ask it (core), whether it helps to understand (more), or is a corner (deep).
    """

    id: str
    text: str
    source: str
    checked_on: str
    covers: tuple[str, ...] = ()
    status: Status = "current"
    depth: Literal["core", "more", "deep"] = "more"
    myth: str | None = None
    replaces: str | None = None


class Option(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One answer that is offered, and why it is right or wrong; `belief` is `simulation/belief`."""

    id: str
    text: str
    why: str
    correct: bool = False
    belief: str | None = None


Range = tuple[int, int]
"""First and last; named outside of Draw, whose own `int` hides the type."""


class Draw(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a variant's value comes from: a range of whole numbers, ends included, or one of several."""

    int: Range | None = None
    choice: tuple[Any, ...] | None = None


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A probe of a note. `predict` has its key computed by the simulation of `scenario` at `outcome`."""

    id: str
    type: Literal["single", "multi", "order", "match", "predict"]
    stem: str
    notes: tuple[str, ...]
    exams: dict[str, str]
    source: str
    checked_on: str
    rev: int = 1
    options: tuple[Option, ...] = ()
    order: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    scenario: str | None = None
    outcome: str | None = None
    draw: dict[str, Draw] = {}
    set: dict[str, Any] = {}
    where: str | None = None
    difficulty: Literal[1, 2, 3] = 2
    status: Literal["current", "legacy", "disputed", "draft"] = "current"
    valid_until: str | None = None
    pool: Literal["study", "exam"] = "study"
    replaces: str | None = None


def problems(question: Question) -> Iterator[tuple[str, str]]:
    """List (JSON Pointer, message) of what is wrong beyond the types."""
    if not question.notes:
        yield "/notes", "a question names at least one note"
    if not question.exams:
        yield "/exams", "a question names its task in at least one exam"
    if question.type == "predict":
        yield from _predict_problems(question)
    else:
        for name in ("scenario", "outcome", "draw", "set", "where"):
            if getattr(question, name):
                yield f"/{name}", f"`{name}` belongs to predict questions"
        yield from _match_problems(question) if question.type == "match" else _option_problems(question)


def _predict_problems(question: Question) -> Iterator[tuple[str, str]]:
    if not question.scenario or not question.outcome:
        yield "", "a predict question needs `scenario` and `outcome`"
    if question.options or question.order or question.pairs:
        yield "/options", "the options of a predict question are computed"
    for name, draw in question.draw.items():
        if (draw.int is None) == (draw.choice is None):
            yield f"/draw/{name}", "a draw is either `int: [from, to]` or `choice: [...]`"
        elif draw.int and draw.int[0] > draw.int[1]:
            yield f"/draw/{name}", "the range ends before it begins"
    if question.where and not question.draw:
        yield "/where", "`where` needs something to draw"


def _match_problems(question: Question) -> Iterator[tuple[str, str]]:
    if len(question.pairs) < 2:
        yield "/pairs", "a match question needs at least two pairs"
    if question.options or question.order:
        yield "/options", "a match question has `pairs` only"
    if len({left for left, _ in question.pairs}) < len(question.pairs):
        yield "/pairs", "the left sides are not all different"


def _option_problems(question: Question) -> Iterator[tuple[str, str]]:
    ids = [option.id for option in question.options]
    if len(ids) < 2:
        yield "/options", "at least two options are needed"
    for index, option in enumerate(question.options):
        if option.id in ids[:index]:
            yield f"/options/{index}/id", f"the option id `{option.id}` is there twice"
        if not option.why.strip():
            yield f"/options/{index}/why", f"option `{option.id}` has no rationale"
    right = [option.id for option in question.options if option.correct]
    if question.type == "order":
        if sorted(question.order) != sorted(ids):
            stray = next((name for name in question.order if name not in ids), None)
            yield "/order", f"`{stray}` names no option" if stray else "`order` must name every option once"
    elif question.order or question.pairs:
        yield "/order", "`order` and `pairs` belong to questions of that type"
    elif not right:
        yield "/options", "no option is correct"
    elif question.type == "single" and len(right) > 1:
        yield "/options", f"a single question has one correct option, here are {len(right)}"
    elif question.type == "multi" and len(right) == len(ids):
        yield "/options", "a multi question has a wrong option too"
