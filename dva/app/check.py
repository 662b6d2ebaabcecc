"""Check content: every entry is valid, every reference resolves, every computed answer exists."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dva import files, jsonpointer, simulations
from dva.app import predict, simulate
from dva.catalog import library as library_catalog
from dva.catalog import scenarios
from dva.catalog.entryfile import Finding
from dva.catalog.exams import Exam
from dva.catalog.library import Library
from dva.catalog.scenarios import ScenarioFile
from dva.catalog.yamlfile import line_of, read_yaml
from dva.errors import ContentError, DvaError
from dva.items import language
from dva.items.building import build_item, seed_of
from dva.items.entries import Note, Option, Question
from dva.items.scenario import Ask, Scenario
from dva.simulations.fields import has_place, unknown_places
from dva.simulations.frame import Simulation

VARIANTS = 5
"""Number of variants of a generated question that are built."""

LETTER = re.compile(r"\b(?:[Oo]ption|[Aa]nswer|[Cc]hoice)s? [A-E]\b")
SWEEPING = re.compile(r"\b(?:all|none) of the above\b", re.IGNORECASE)
KINDS = ("notes", "questions", "scenarios")
TOO_LONG = 1.6
"""A key longer than this many times the longest distractor can be guessed."""


Work = Callable[[], Iterator[Finding]]
"""The check of one question or scenario."""


@dataclass(frozen=True)
class Proof:
    """What was checked, and the findings."""

    findings: tuple[Finding, ...]
    notes: int
    questions: int
    scenarios: int

    @property
    def errors(self) -> list[Finding]:
        """Return the findings that are not just warnings."""
        return [finding for finding in self.findings if not finding.warning]


def check(
    roots: Sequence[Path], paths: Sequence[Path] = (), watch: Callable[[list[Work]], Iterable[Work]] = iter
) -> Proof:
    """Check the content folders; with `paths` report only what is in these folders or files.

    `watch` iterates over the checks and may report progress.
    """
    roots = [files.resolved(root) for root in roots]
    paths = [files.resolved(path) for path in paths]
    folders = [_folder(path) for path in paths if not any(path.is_relative_to(root) for root in roots)]
    every = [*roots, *dict.fromkeys(folder for folder in folders if folder)]
    library = library_catalog.load(every)
    loose = [
        path for path in paths if not files.is_folder(path) and not any(path.is_relative_to(root) for root in every)
    ]
    cases = [path for name in simulations.names() for path in _all_cases(every, name)]
    for path in loose:
        cases += _add_loose(library, path)
    notes, questions = (
        [name for name in shelf if _within(library.places[f"{kind}:{name}"][0], paths)]
        for kind, shelf in (("note", library.notes), ("question", library.questions))
    )
    cases = [path for path in cases if _within(str(path), paths)]
    work: list[Work] = [partial(_note, library, library.notes[name]) for name in notes]
    work += [partial(_question, library, every, library.questions[name]) for name in questions]
    work += [partial(_scenario, library, path) for path in cases]
    findings = [*library.findings, *_facts(library, every), *_stems(library)]
    findings += [finding for piece in watch(work) for finding in piece()]
    return Proof(tuple(sorted(_inside(findings, paths), key=_place)), len(notes), len(questions), len(cases))


def _folder(path: Path) -> Path | None:
    """Return the content folder that a path is or is in; None for a file by itself."""
    if files.is_folder(path) and path.name not in KINDS:
        return path
    above = next((parent for parent in (path, *path.parents) if parent.name in KINDS), None)
    return above.parent if above else None


def _inside(findings: list[Finding], wanted: Sequence[Path]) -> list[Finding]:
    return [finding for finding in findings if _within(finding.where.rsplit(":", 1)[0], wanted)]


def _within(path: str, wanted: Sequence[Path]) -> bool:
    return not wanted or any(files.resolved(Path(path)).is_relative_to(place) for place in wanted)


def _place(finding: Finding) -> tuple[str, int]:
    path, _, line = finding.where.rpartition(":")
    return (path, int(line)) if line.isdigit() else (finding.where, 0)


def _add_loose(library: Library, path: Path) -> list[Path]:
    """Add a file by itself, as what its content is: notes or questions. Return it where it is a scenario."""
    try:
        value = read_yaml(path).value
    except DvaError as problem:
        library.findings.append(Finding(problem.where or str(path), problem.message))
        return []
    if isinstance(value, dict) and "simulation" in value:
        return [path]
    rows = value.get("notes", value.get("questions")) if isinstance(value, dict) else value
    first = rows[0] if isinstance(rows, list) and rows else {}
    is_question = isinstance(first, dict) and ("stem" in first or "type" in first)
    (library_catalog.add_questions if is_question else library_catalog.add_notes)(library, path)
    return []


def _all_cases(roots: Sequence[Path], simulation: str) -> Iterator[Path]:
    for root in roots:
        yield from scenarios.cases([root], simulation).values()


def _facts(library: Library, roots: Sequence[Path]) -> Iterator[Finding]:
    """Yield facts that no note covers, and notes that cover facts that do not exist."""
    try:
        facts = list(library_catalog.facts(roots))
    except DvaError as problem:
        yield Finding(problem.where or "", problem.message)
        return
    known = {fact for _, fact, _ in facts}
    covered = {fact for note in library.notes.values() for fact in note.covers}
    for where, fact, heading in facts:
        if not heading and fact not in covered:
            path, index = where.rsplit(":", 1)
            yield Finding(line_of(Path(path), f"/{index}"), f"no note covers the fact `{fact}`")
    for note in library.notes.values():
        stray = next((fact for fact in note.covers if fact not in known), None)
        if stray is not None:
            yield Finding(
                library.where("note", note.id, "/covers"), f"`{note.id}` covers `{stray}`, which is not a fact"
            )


def _question(library: Library, roots: Sequence[Path], question: Question) -> Iterator[Finding]:
    for place, message, warning in (*_references(question, library.exams), *_check_wording(question)):
        yield Finding(library.where("question", question.id, place), f"`{question.id}`: {message}", warning)
    if question.type == "predict":
        yield from _prediction(library, roots, question)


def _references(question: Question, exams: dict[str, Exam]) -> Iterator[tuple[str, str, bool]]:
    for exam, task in question.exams.items():
        if exam not in exams:
            yield f"/exams/{exam}", f"there is no exam `{exam}`", False
        elif exams[exam].task(task) is None:
            yield f"/exams/{exam}", f"{exam} has no task {task}", False
    for index, option in enumerate(question.options):
        if option.belief and not _is_belief(option.belief):
            yield f"/options/{index}/belief", f"there is no belief `{option.belief}`", False


def _is_belief(name: str) -> bool:
    simulation, _, belief = name.partition("/")
    return simulation in simulations.names() and any(b.id == belief for b in simulations.load(simulation).beliefs)


def _check_wording(question: Question) -> Iterator[tuple[str, str, bool]]:
    message = language.length_problem(question.stem, question.pool, question.type)
    if message and question.status == "current":
        yield "/stem", message, True
    yield from _bad_english({"/stem": question.stem} | _texts(question))
    for index, option in enumerate(question.options):
        if LETTER.search(option.why):
            yield f"/options/{index}/why", "a rationale names a letter, but options are shuffled", False
        if SWEEPING.search(option.text):
            yield f"/options/{index}/text", "an option that speaks of the others breaks when they are shuffled", False
    if question.type == "multi" and not re.search(r"\b(TWO|THREE|FOUR)\b", question.stem):
        yield "/stem", "a multi question says how many to choose, like (Select TWO.)", False
    keys, others = _lengths(question.options)
    if question.type == "single" and others and max(keys) > TOO_LONG * max(others):
        yield "/options", "the key is much longer than every distractor", True


def _texts(question: Question) -> dict[str, str]:
    """Return the texts of the options by their places."""
    return {
        f"/options/{index}/{name}": text
        for index, option in enumerate(question.options)
        for name, text in (("text", option.text), ("why", option.why))
    }


def _bad_english(texts: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    for place, text in texts.items():
        for found, instead in language.forbidden(text):
            yield place, f"`{found}` is not the exam's English: {instead}", True


def _note(library: Library, note: Note) -> Iterator[Finding]:
    for place, message, warning in _bad_english({"/text": note.text, "/myth": note.myth or ""}):
        yield Finding(library.where("note", note.id, place), f"`{note.id}`: {message}", warning)


def _lengths(options: Sequence[Option]) -> tuple[list[int], list[int]]:
    keys = [len(option.text) for option in options if option.correct]
    return keys, [len(option.text) for option in options if not option.correct]


def _prediction(library: Library, roots: Sequence[Path], question: Question) -> Iterator[Finding]:
    """Yield where the engine computes no key, or no second answer, for a variant."""
    try:
        scenario = simulate.scenario_of(roots, question)
        names = jsonpointer.split(question.outcome or "")
        if scenario and not has_place(simulations.load(scenario.simulation).outcome, names):
            raise ContentError(f"no outcome of {scenario.simulation} has `{question.outcome}`")
        for times in range(VARIANTS if question.draw else 1):
            build_item(question, scenario, seed_of(question.id, times))
    except DvaError as problem:
        place = "/scenario" if "scenario" in problem.message else "/outcome"
        yield Finding(library.where("question", question.id, place), f"`{question.id}`: {problem.message}")


def _stems(library: Library) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for question in library.questions.values():
        stem = " ".join(question.stem.split()).lower()
        key = f"{stem}|{question.scenario}|{question.outcome}"
        if key in seen:
            where = library.where("question", question.id, "/stem")
            yield Finding(where, f"`{question.id}` asks what `{seen[key]}` asks already")
        seen.setdefault(key, question.id)


def _stray_pointers(scenario: Scenario, simulation: Simulation) -> Iterator[tuple[str, str]]:
    """Yield (place in the scenario, pointer) of what it expects or asks and no outcome of the engine can have."""
    for names in unknown_places(simulation.outcome, scenario.expect or {}):
        yield "/expect" + jsonpointer.join(*names), jsonpointer.join(*names)
    for index, ask in enumerate(scenario.ask):
        if not has_place(simulation.outcome, jsonpointer.split(ask.outcome)):
            yield f"/ask/{index}/outcome", ask.outcome


def _is_unanswered(run: simulate.Run, place: str) -> bool:
    """Return whether an outcome could have a place, but this run's has not."""
    try:
        jsonpointer.resolve(run.trace.outcome, place)
    except KeyError:
        return has_place(run.simulation.outcome, jsonpointer.split(place))
    return False


def _scenario_texts(found: ScenarioFile) -> Iterator[Finding]:
    prompts = {f"/ask/{index}/prompt": ask.prompt for index, ask in enumerate(found.scenario.ask)}
    for place, message, warning in _bad_english({"/title": found.scenario.title} | prompts):
        yield Finding(found.document.where(place), message, warning)


def _unaskable(scenario: Scenario, ask: Ask, simulation: Simulation) -> str | None:
    """Return why an ask makes no question; None where it does, or where no outcome has its place."""
    if not has_place(simulation.outcome, jsonpointer.split(ask.outcome)):
        return None
    try:
        predict.item_of(scenario, ask)
    except DvaError as problem:
        return problem.message
    return None


def _scenario(library: Library, path: Path) -> Iterator[Finding]:
    try:
        found = scenarios.load(path)
        run = simulate.run(found)
    except DvaError as problem:
        yield Finding(problem.where or str(path), str(problem).removeprefix(f"{problem.where}: "))
        return
    for place, pointer in _stray_pointers(found.scenario, run.simulation):
        yield Finding(found.document.where(place), f"no outcome of {run.simulation.name} has `{pointer}`")
    for difference in run.differences:
        where = found.document.where("/expect" + difference.pointer)
        yield Finding(where, f"expected {difference.expected!r} at {difference.pointer}, found {difference.found!r}")
    yield from _scenario_texts(found)
    for index, ask in enumerate(found.scenario.ask):
        if not ask.id:
            yield Finding(found.document.where(f"/ask/{index}"), "an ask needs an `id`, on which predictions hang")
        if _is_unanswered(run, ask.outcome):
            yield Finding(found.document.where(f"/ask/{index}/outcome"), f"the outcome has no `{ask.outcome}`")
        elif message := _unaskable(found.scenario, ask, run.simulation):
            yield Finding(found.document.where(f"/ask/{index}/outcome"), message, warning=True)
    for note in found.scenario.notes:
        if note not in library.notes:
            yield Finding(found.document.where("/notes"), f"there is no note `{note}`")
