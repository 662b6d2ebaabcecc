"""Start-up is a feature: what a command does not need is not imported. And no command opens a socket."""

import pytest
from clean import watched

HEAVY = {
    "questionary", "prompt_toolkit", "rich.console", "yaml", "sqlite3", "sqlite_utils", "fsrs", "msgspec",
    "cryptography", "platformdirs", "pydantic", "click", "botocore", "asyncio", "hypothesis",
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["data", "path"], set()),
        (["simulate", "ecs-placement", "--json"], {"yaml", "msgspec"}),
        (["simulate", "ecs-placement"], {"yaml", "msgspec", "rich.console"}),
        (["topics", "--json"], {"yaml", "msgspec"}),
        (["notes", "--myths"], {"yaml", "msgspec", "rich.console"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], needed: set[str]) -> None:
    modules, _, _ = watched(*arguments)
    assert modules & HEAVY - {"asyncio"} == needed


def test_a_store_that_is_up_to_date_is_opened_without_sqlite_utils() -> None:
    first, _, _ = watched("--json")
    assert "sqlite_utils" in first, "the first start makes the tables"
    modules, _, _ = watched("--json")
    assert modules & {"sqlite_utils", "questionary", "prompt_toolkit", "fsrs", "rich.console", "pydantic"} == set()
    assert "sqlite3" in modules


def test_the_morning_of_a_learner_looks_ahead_once_a_day() -> None:
    """Looking ahead to the exam plays the coming days with FSRS; the second look of a day finds it done."""
    watched("settings", "exam-date", "+6w")
    watched("quiz", "--plain", "--limit", "1", stdin="A\n")
    watched("--json")
    modules, _, shown = watched("--json")
    assert '"on_course": ' in shown
    assert modules & {"sqlite_utils", "questionary", "prompt_toolkit", "fsrs", "rich.console", "pydantic"} == set()


def test_the_plain_quiz_asks_its_first_question_without_prompts_and_drawing_libraries() -> None:
    watched("topics", "--json")
    modules, _, shown = watched("quiz", "--plain", stdin="")
    assert "Question 1/" in shown
    assert modules & {"questionary", "prompt_toolkit", "fsrs", "cryptography", "pydantic"} == set()


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["--json"], ""),
        (["topics"], ""),
        (["notes", "--myths"], ""),
        (["report", "--json"], ""),
        (["settings", "minutes", "20"], ""),
        (["check"], ""),
        (["simulate"], ""),
        (["simulate", "credentials"], ""),
        (["simulate", "cloudfront-signed"], ""),
        (["quiz", "--plain", "--seed", "1"], "A\nB\nq\n"),
        (["exam", "--questions", "1", "--plain"], "pause\n"),
        (["beliefs"], ""),
        (["data", "export"], ""),
        (["data", "verify"], ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_command_asks_the_network_for_anything(arguments: list[str], stdin: str) -> None:
    _, asked, _ = watched(*arguments, stdin=stdin)
    assert asked == []
