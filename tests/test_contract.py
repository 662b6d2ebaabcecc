"""What every engine promises by existing."""

import copy
import json
from typing import Any, get_type_hints

import jsonschema
import msgspec
import pytest
from bundled import bundled_cases

from dva import jsonpointer
from dva.app.vary import vary
from dva.aws.document import AwsDocument
from dva.catalog import scenarios
from dva.catalog.skeleton import document, skeleton
from dva.catalog.yamlfile import parse_yaml
from dva.errors import UsageError
from dva.items.scenario import Scenario
from dva.simulations import load, names
from dva.simulations.fields import sentences_of, structures
from dva.simulations.schema import scenario_schema
from dva.trace import Trace

CASES: dict[str, list[Scenario]] = {name: [] for name in names()}
for _case in bundled_cases():
    CASES[_case.simulation].append(_case)


def outcome_keys(engine: str) -> set[str]:
    """Return the keys that an engine's outcome declares."""
    return {field.encode_name for field in msgspec.structs.fields(load(engine).outcome)}


EMPTY: tuple[Any, ...] = (None, [], {}, "")


@pytest.fixture(scope="module", params=names())
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def runs(engine: str) -> list[tuple[Scenario, Trace]]:
    return [(case, load(engine).run(case.given)) for case in CASES[engine]]


def test_an_engine_has_cases_and_beliefs(engine: str) -> None:
    simulation = load(engine)
    assert simulation.name == engine
    assert len(CASES[engine]) >= 3
    assert len(simulation.beliefs) >= 3
    assert simulation.view in ("grid", "timeline", "lanes", "texts")


def test_the_same_input_gives_the_same_trace(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    for case, trace in runs:
        assert load(engine).run(case.given) == trace, case.name


def test_given_is_not_changed(engine: str) -> None:
    for case in CASES[engine]:
        before = copy.deepcopy(dict(case.given))
        load(engine).run(case.given)
        assert case.given == before, case.name


def test_outcome_and_state_survive_json(runs: list[tuple[Scenario, Trace]]) -> None:
    for case, trace in runs:
        for value in (trace.outcome, trace.initial, [c.new for s in trace.steps for c in s.changes]):
            assert json.loads(json.dumps(value)) == value, case.name


def test_without_steps_the_outcome_is_the_same(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    for case, trace in runs:
        assert load(engine).run(case.given, steps=False).outcome == trace.outcome, case.name


def test_the_changes_fold_into_the_outcome(runs: list[tuple[Scenario, Trace]]) -> None:
    for case, trace in runs:
        assert trace.state_at(len(trace.steps))["outcome"] == trace.outcome, case.name
        assert all(c.path.startswith(("/state", "/outcome")) for s in trace.steps for c in s.changes), case.name


def test_every_step_names_a_rule_of_the_table(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    rules = {rule.id: rule for rule in load(engine).rules}
    for case, trace in runs:
        assert trace.steps, case.name
        for step in trace.steps:
            assert step.rule in rules, (case.name, step.rule)
            assert step.title


def test_every_rule_fires_in_a_bundled_case(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    fired = {step.rule for _, trace in runs for step in trace.steps}
    assert {rule.id for rule in load(engine).rules} - fired == set()


def test_every_rule_has_a_sentence_and_a_source(engine: str) -> None:
    rules = load(engine).rules
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.statement.strip() and rule.source.strip(), rule.id


def test_every_outcome_key_is_there_and_filled_in_some_case(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    keys = outcome_keys(engine)
    for case, trace in runs:
        assert set(trace.outcome) == keys, case.name
    filled = {key for _, trace in runs for key in keys if trace.outcome[key] not in EMPTY}
    refusing = any(trace.outcome["error"] for _, trace in runs)
    assert keys - filled - {"not_read"} - (set() if refusing else {"error"}) == set()


def test_every_outcome_is_of_its_declared_type(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    outcome = load(engine).outcome
    for _, trace in runs:
        msgspec.convert(trace.outcome, outcome, strict=True)
    for belief in load(engine).beliefs:
        for case in CASES[engine]:
            msgspec.convert(
                load(engine).run(case.given, believing=belief.id, steps=False).outcome, outcome, strict=True
            )


def test_every_field_that_dva_defines_has_a_sentence(engine: str) -> None:
    simulation = load(engine)
    for kind in (simulation.given, simulation.outcome):
        for struct in [kind, *reachable(kind)]:
            if not issubclass(struct, AwsDocument):
                silent = set(get_type_hints(struct)) - set(sentences_of(struct)) - {"known", "wrappers"}
                assert silent == set(), struct.__name__


def test_every_choice_is_a_place_in_given_with_values_that_can_be_read(engine: str) -> None:
    for pointer in load(engine).choices:
        assert jsonpointer.split(pointer)[0] == "given"
        assert any(runs_with_every_choice(pointer, case) for case in CASES[engine]), pointer


def test_the_schema_of_a_scenario_accepts_every_bundled_case(engine: str) -> None:
    validator = jsonschema.Draft202012Validator(scenario_schema(load(engine)))
    for case in CASES[engine]:
        assert [error.message for error in validator.iter_errors(written(case))] == [], case.name


def test_a_skeleton_runs_as_it_is_written(engine: str) -> None:
    case = CASES[engine][0]
    read = scenarios.from_text(skeleton(load(engine), case)).scenario
    assert load(engine).run(read.given).outcome == load(engine).run(case.given).outcome


def test_every_case_can_be_written_as_one_document(engine: str) -> None:
    for case in CASES[engine]:
        read = scenarios.from_text(document(case)).scenario
        assert (read.given, read.expect, read.ask) == (case.given, case.expect, case.ask), case.name


def test_every_status_occurs(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    simulation = load(engine)
    occurring = {trace.outcome["status"] for _, trace in runs}
    if occurring < set(simulation.statuses):  # some occur only where somebody believes what is wrong
        occurring |= {
            simulation.run(case.given, believing=belief.id, steps=False).outcome["status"]
            for belief in simulation.beliefs
            for case in CASES[engine]
        }
    assert occurring == set(simulation.statuses)


def test_every_belief_changes_the_answer_to_an_ask(engine: str, runs: list[tuple[Scenario, Trace]]) -> None:
    flipped = set()
    for belief in load(engine).beliefs:
        for case, trace in runs:
            believed = load(engine).run(case.given, believing=belief.id)
            if any(_answer(believed, ask.outcome) != _answer(trace, ask.outcome) for ask in case.ask):
                flipped.add(belief.id)
                break
    assert {belief.id for belief in load(engine).beliefs} - flipped == set()


def test_every_ask_points_into_the_outcome(runs: list[tuple[Scenario, Trace]]) -> None:
    for case, trace in runs:
        for ask in case.ask:
            jsonpointer.resolve(trace.outcome, ask.outcome)


def reachable(kind: Any) -> list[Any]:
    """List the structures inside a structure, each once."""
    found: list[Any] = []
    waiting = [kind]
    while waiting:
        for hint in get_type_hints(waiting.pop(), include_extras=True).values():
            new = [inner for inner in structures(hint) if inner not in found]
            found += new
            waiting += new
    return found


def written(case: Scenario) -> dict[str, Any]:
    """Return a case as its YAML says it."""
    return dict(parse_yaml(document(case), case.name).value)


def runs_with_every_choice(pointer: str, case: Scenario) -> bool:
    try:
        return all(not variant.refused for variant in vary(case, pointer))
    except UsageError:
        return False


def _answer(trace: Trace, place: str) -> Any:
    try:
        return jsonpointer.resolve(trace.outcome, place)
    except KeyError:
        return KeyError
