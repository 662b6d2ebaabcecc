import json
from functools import partial

import drawn_samples as samples
import pytest
from golden_files import check, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.items.expectation import Difference
from dva.render import jsontext, scenario_input, sentences
from dva.render import trace as screens
from dva.render.outline import is_empty, outline
from dva.render.text import ASCII, Display, cell_len
from dva.trace import Trace

RUNS = {"timeline": samples.timeline, "lanes": samples.lanes, "texts": samples.texts}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [80, 40])
def test_a_run_and_each_of_its_steps_look_as_before(name: str, width: int) -> None:
    simulation, trace = RUNS[name]()
    text = drawn(lambda display: screens.run(simulation, trace, display, "What it shows"), width)
    for step in trace.steps:
        text += "\n" + drawn(partial(screens.step, simulation, trace, step.n), width)
    check(f"runs/{name}.{width}.txt", text)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_in_sentences_reads_as_before(name: str) -> None:
    simulation, trace = RUNS[name]()
    text = "\n".join(sentences.sentences(simulation, trace, "What it shows", ASCII)) + "\n"
    check(f"runs/{name}.sentences.txt", text)
    assert text.isascii() and all(step.title in text for step in trace.steps)


def test_the_list_of_steps_has_the_sentence_of_a_rule_and_its_assumption_once() -> None:
    simulation, tracer = samples.made_up("texts", "", {"texts": {"a": ""}}, {})
    for n in range(3):
        tracer.step(samples.ASSUMPTION, f"Turn {n}", f"Ranked: {n}")
    text = drawn(lambda display: screens.steps(simulation, tracer.finish(), display), 80)
    assert text.count(samples.ASSUMPTION.statement) == text.count("convention") == 1
    assert [n for n in range(3) if f"Ranked: {n}" in text] == [0, 1, 2]


def test_a_run_that_begins_with_nothing_shows_no_empty_picture() -> None:
    simulation, tracer = samples.made_up("lanes", "s", {"lanes": {"i-1": [], "i-2": []}}, {})
    tracer.step(samples.RULE, "i-1 starts", changes={"/state/lanes/i-1/-": [0, None, "starting"]})
    text = drawn(lambda display: screens.run(simulation, tracer.finish(), display), 80)
    assert "At the start" not in text and "At the end" in text


def test_a_run_without_steps_still_tells_its_outcome() -> None:
    simulation, trace = samples.timeline()
    bare = Trace(trace.simulation, trace.initial, (), trace.outcome)
    text = drawn(lambda display: screens.run(simulation, bare, display), 80)
    assert "Outcome: scaled" in text and "Steps" not in text


def test_an_error_of_aws_stands_below_the_status() -> None:
    error = {"code": "InvalidParameterException", "message": "no", "position": 3}
    text = drawn(lambda display: screens.outcome({"status": "error", "error": error, "matches": []}, display), 80)
    assert text.splitlines()[1:] == ["✗ InvalidParameterException: no", "error  position 3"]


def test_a_finding_says_where_what_was_expected_and_what_is_there() -> None:
    found = [Difference("/placements/2", {"task": "web-3"}, "3"), Difference("", 3, None)]
    text = drawn(lambda display: screens.findings(found, display), 60, ascii=True)
    assert text.splitlines() == [
        "no /placements/2", '  expected  {"task": "web-3"}', '  found     "3"',
        "no the outcome", "  expected  3", "  found     null",
    ]  # fmt: skip


OUTCOME = {
    "status": "partly", "final": {"old": 1, "new": 2}, "downtime": False, "reason": None, "unplaced": [],
    "placements": [{"task": "web-1", "on": "i-a1"}, {"task": "web-2", "on": None}],
    "shifts": [[0, 10], [5, 100]], "kept": ["a", "b"],
    "request": "GET\n/", "deep": {"a": {"b": [{"c": 1, "d": {"e": {"f": 2}}}]}},
}  # fmt: skip


def test_an_outcome_reads_without_brackets() -> None:
    lines = ["".join(row) for row in outline(OUTCOME, Display(60))]
    assert lines == [
        "status    partly", "final     old 1, new 2", "downtime  false",
        "placements", "  task   on", "  web-1  i-a1", "  web-2  –",
        "shifts", "  • 0, 10", "  • 5, 100", "kept      a, b",
        "request", "  GET", "  /",
        "deep", "  a", "    b", "      • c  1", "        d", "          e  f 2",
    ]  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcdefghij", max_size=20), VALUES, max_size=5), st.sampled_from([40, 80]))
@settings(deadline=None)
def test_any_outcome_and_any_given_can_be_told(value: dict[str, object], width: int) -> None:
    rows = ["".join(row) for row in outline(value, Display(width, ASCII))] + scenario_input.lines(
        value, Display(width, ASCII)
    )
    assert all(row.isascii() and row.isprintable() for row in rows)
    assert len(rows) >= sum(not is_empty(inner) for inner in value.values())


def test_given_is_short_and_folded() -> None:
    lines = scenario_input.lines(samples.PLACEMENT, Display(80))
    assert lines[4:6] == [
        "      attributes: ecs.availability-zone=us-east-1a, ecs.instance-type=t3.small",
        "      registeredResources: CPU=1024, MEMORY=2048",
    ]
    assert max(map(cell_len, lines)) <= 80


def test_a_long_text_of_given_is_cut_except_where_the_whole_is_asked_for() -> None:
    text = {"policy": "\n".join(f"line {n}" for n in range(30))}
    assert scenario_input.lines(text, Display(80))[-1] == "  … 19 more lines"
    assert scenario_input.lines(text, Display(80), whole=True)[-1] == "  line 29"


def test_given_shows_files_as_blocks() -> None:
    lines = scenario_input.lines({"appspec": "version: 0.0\nos: linux\n", "n": 3, "empty": []}, Display(40))
    assert lines == ["appspec: |", "  version: 0.0", "  os: linux", "n: 3", "empty: []"]


def test_json_has_the_shape_of_the_contract() -> None:
    _, trace = samples.timeline()
    text = jsontext.envelope("dva.simulate/1", ascii=True, steps=jsontext.steps(trace.steps), outcome=trace.outcome)
    read = json.loads(text)
    assert text.isascii() and list(read) == ["outcome", "schema", "steps"]
    assert list(read["steps"][1]) == ["at", "changes", "detail", "n", "notes", "rule", "title"]
    assert read["steps"][1]["changes"][0] == {"path": "/state/series/desired/1", "old": None, "new": [180, 4]}
    assert read["steps"][1]["detail"] == "ceil(2 × 84 / 50) = 4"


@pytest.mark.parametrize("width", [80, 40])
def test_what_was_not_looked_at_is_named_in_few_words(width: int) -> None:
    places = [f"/given/taskDefinition/containerDefinitions/{n}/{name}" for n in range(9) for name in "abcdefg"]
    result = {"status": "ok", "error": None, "not_read": places}
    lines = drawn(lambda display: screens.outcome(result, display), width).splitlines()
    text = " ".join(lines[1:])
    assert "Not looked at: /taskDefinition" in text and text.endswith("and 3 more.")
    assert len(lines) <= 10 and max(map(cell_len, lines)) <= width
    assert list(sentences.outcome(result))[-1].endswith("/*/c, /taskDefinition/containerDefinitions/*/d, and 3 more.")


def test_where_all_was_looked_at_nothing_is_said() -> None:
    result: dict[str, object] = {"status": "ok", "error": None, "not_read": []}
    assert "looked" not in drawn(lambda display: screens.outcome(result, display), 80)
    assert not [text for text in sentences.outcome(result) if "looked" in text or "not_read" in text]
