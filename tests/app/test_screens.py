"""The learner's screens look as they did when somebody looked at them, at 80 and 40 columns."""

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from golden_files import check, drawn
from learner import BEGIN, make_bank, study

from dva import store
from dva.app import notes, report, today
from dva.app.quiz.ports import Feedback, Outlook, PresentedQuestion
from dva.app.quiz.session import shuffle_choices
from dva.app.simulate import scenario_of
from dva.app.snapshot import load_snapshot
from dva.catalog import library
from dva.items.building import build_item
from dva.paths import bundled
from dva.render import notes as note_screens
from dva.render import report as report_screen
from dva.render import today as today_screen
from dva.render.plainquiz import PlainQuiz
from dva.render.quiz import QuizScreen
from dva.render.screen import console
from dva.render.text import Display, cell_len
from dva.study.grading import Rating

WIDTHS = [80, 40]
TOPIC = "ecs-task-placement"


@pytest.fixture(scope="module")
def real() -> library.Library:
    return library.load([bundled()])


def shown(real: library.Library, kind: str) -> PresentedQuestion:
    """The first question of a kind in the first topic."""
    questions = [q for q in real.questions.values() if q.id.startswith(TOPIC) and q.type == kind]
    item = build_item(questions[0], scenario_of([bundled()], questions[0]), 1)
    return PresentedQuestion(4, 15, 6, "ECS task placement", item, shuffle_choices(item.choices, 1), 1, False)


def feedback(asked: PresentedQuestion, *, right: bool) -> Feedback:
    wrong = next((c.id for c in asked.choices if c.id not in asked.item.key), asked.choices[0].id)
    chosen = asked.item.key if right else (wrong,)
    if asked.item.lefts and not right:
        chosen = ()
    outlook: Outlook = "due" if right else "tomorrow"
    rating = Rating.GOOD if right else Rating.AGAIN
    return Feedback(asked, chosen, right, True, False, rating, 3 if right else 1, outlook=outlook)


def screen(draw: Callable[[QuizScreen], None], width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", "30")
    out = io.StringIO()
    draw(QuizScreen(console(width=width, color=False, ascii=False, file=out), lambda item: False))
    return out.getvalue()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["single", "multi", "order", "match", "predict"])
def test_a_question_and_what_its_answer_was_worth(
    real: library.Library, kind: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = shown(real, kind)

    def draw(on: QuizScreen) -> None:
        on.question(asked)
        on.feedback(feedback(asked, right=False))
        on.others(feedback(asked, right=False))
        on.feedback(feedback(asked, right=True))

    text = screen(draw, width, monkeypatch)
    check(f"screens/quiz-{kind}.{width}.txt", text)
    assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("kind", ["single", "match", "predict"])
def test_a_question_in_sentences(real: library.Library, kind: str) -> None:
    asked, told = shown(real, kind), list[str]()
    plain = PlainQuiz(told.append, Display(80), lambda item: False)
    plain.question(asked)
    plain.feedback(feedback(asked, right=False))
    text = "\n".join(told) + "\n"
    check(f"screens/plain-{kind}.txt", text)
    assert not set(text) & set("─│╭╮╰╯▇░")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_of_two_weeks(tmp_path: Path, width: int) -> None:
    bank = make_bank(tmp_path)
    study(bank, tmp_path / "dva.db", range(5, 8), BEGIN + timedelta(days=40), days=14)
    with store.open(tmp_path / "dva.db") as progress:
        told = report.build_report(progress, load_snapshot(progress, [bank], BEGIN + timedelta(days=14)))
        questions = library.load([bank]).questions
    for name, draw in (("report", report_screen.summary), ("report-full", report_screen.report)):
        text = drawn(partial(draw, told, questions), width)
        check(f"screens/{name}.{width}.txt", text)
        assert max(map(cell_len, text.splitlines())) <= width
        assert "%" in text and "not in dva" in text.lower()
        assert len(text.splitlines()) <= {80: 24, 40: 30}[width] or name == "report-full"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("plain", [False, True], ids=["drawn", "plain"])
def test_the_mornings_of_a_learner(tmp_path: Path, width: int, plain: bool) -> None:
    """After a break, with a day begun, on the eve, on the day, and after it."""
    bank, told = make_bank(tmp_path), list[str]()
    exam = BEGIN + timedelta(days=24)
    study(bank, tmp_path / "dva.db", range(5, 8), exam, days=14)
    for day in (13, 18, 23, 24, 25):
        with store.open(tmp_path / "dva.db") as progress:
            snapshot = load_snapshot(progress, [bank], BEGIN + timedelta(days=day))
            summary = today.summarize(progress, snapshot)
        told += [f"day {day}", *today_screen.lines(summary, Display(width, plain=plain), keys=True), ""]
    check(f"screens/today.{'plain.' * plain}{width}.txt", "\n".join(told))
    assert max(map(cell_len, told)) <= width
    assert not plain or not set("".join(told)) & set("▇░·")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("what", ["topics", "notes", "myths"])
def test_notes_and_topics(real: library.Library, what: str, width: int) -> None:
    own = library.Library(topics={TOPIC: real.topics[TOPIC]}, notes=real.notes, questions=real.questions)
    chosen = notes.of_topic(own, own.topics[TOPIC])[:6]
    draws: dict[str, Callable[[Display], Any]] = {
        "topics": lambda display: note_screens.topics(notes.topics(own), display),
        "notes": lambda display: note_screens.notes(chosen, display, "ECS task placement"),
        "myths": lambda display: note_screens.myths([n for n in chosen if n.myth], display),
    }
    check(f"screens/{what}.{width}.txt", drawn(draws[what], width))
