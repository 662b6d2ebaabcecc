"""How much content there is: enough questions a chapter, a quarter for the mock exam, computed ones for each engine."""

from collections import Counter
from pathlib import Path

import pytest

from dva import simulations
from dva.catalog import library
from dva.items.entries import Question
from dva.paths import bundled

LIBRARY = library.load([bundled()])
LEAST = {("elasticache", "cli-sdk", "cloudfront"): 140, ("ecs",): 120, ("cicd",): 150, ("beanstalk",): 110}
PREDICTIONS = 3


def questions(chapters: tuple[str, ...]) -> list[Question]:
    places = LIBRARY.places
    return [q for q in LIBRARY.questions.values() if Path(places[f"question:{q.id}"][0]).parts[-3] in chapters]


@pytest.mark.parametrize("chapters", LEAST, ids="+".join)
def test_a_chapter_has_enough_questions_and_a_quarter_for_the_mock_exam(chapters: tuple[str, ...]) -> None:
    found = questions(chapters)
    assert len(found) >= LEAST[chapters]
    assert sum(q.pool == "exam" for q in found) / len(found) >= 0.25


@pytest.mark.parametrize("chapters", LEAST, ids="+".join)
def test_a_third_of_a_chapters_predictions_is_generated(chapters: tuple[str, ...]) -> None:
    predictions = [q for q in questions(chapters) if q.type == "predict"]
    assert sum(bool(q.draw) for q in predictions) / len(predictions) >= 1 / 3


def test_every_engine_has_predictions() -> None:
    asked = Counter((q.scenario or "").split("/")[0] for q in LIBRARY.questions.values() if q.type == "predict")
    assert {name: asked[name] for name in simulations.names() if asked[name] < PREDICTIONS} == {}


def test_every_note_that_can_be_a_card_is_asked_by_a_question_or_stands_beside_one() -> None:
    named = {note for q in LIBRARY.questions.values() for note in q.notes}
    missing = [n.id for n in LIBRARY.notes.values() if n.id not in named and n.status != "legacy"]
    assert len(missing) / len(LIBRARY.notes) <= 0.25, missing


def test_the_key_is_not_habitually_the_longest_option() -> None:
    single = [q for q in LIBRARY.questions.values() if q.type == "single"]
    longest = sum(max(q.options, key=lambda option: len(option.text)).correct for q in single)
    assert longest / len(single) <= 0.4
