"""Nothing that a terminal would obey leaves dva, by whatever way; and an error of its own is one line."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from running import RunDva

from dva import cli
from dva.render.text import escape_json, sanitize

RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HOSTILE = "".join(map(chr, [*range(1, 9), *range(0x0E, 0x20), *range(0x7F, 0xA0)])) + (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\ufff9\ufffb\U000e0041\U000e007f"
)
OSC = "\x1b]52;c;ZWNobyBoaQ==\x07"


def is_hidden(character: str) -> bool:
    """Return whether a terminal would obey a character or hide text in it."""
    return (unicodedata.category(character) in ("Cc", "Cf") and character not in "\n\t") or character in "\u034f\u180e"


def evil(text: str) -> str:
    """Return a text with every control and format character in it, as YAML and JSON write it."""
    return json.dumps(f"{text}{HOSTILE}{OSC}")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with hostile characters in every field that is shown, and a scenario."""
    folder = tmp_path / "evil"
    (folder / "notes").mkdir(parents=True)
    (folder / "questions").mkdir()
    note = {"text": "Text", "source": "Source", "checked_on": "2026", "myth": "Myth"}
    fields = "\n".join(f"  {name}: {evil(text)}" for name, text in note.items())
    (folder / "notes" / "evil.yaml").write_text(f"title: {evil('Title')}\nnotes:\n- id: evil.1\n{fields}\n", "utf-8")
    options = [f"{{id: {name}, text: {evil(name)}, why: {evil('why')}}}" for name in "bcd"]
    (folder / "questions" / "evil.yaml").write_text(
        f"- id: evil.q\n  type: single\n  stem: {evil('Stem')}\n  notes: [evil.1]\n  exams: {{dva-c03: '1.1'}}\n"
        f"  source: {evil('Source')}\n  checked_on: '2026-12-01'\n  options:\n"
        f"  - {{id: a, text: {evil('A')}, why: {evil('why')}, correct: true}}\n"
        + "".join(f"  - {option}\n" for option in options),
        "utf-8",
    )
    (folder / "questions" / "broken.yaml").write_text(f"- id: {evil('broken')}\n  type: {evil('single')}\n", "utf-8")
    scenario = {
        "simulation": "codedeploy-traffic", "title": f"Title{HOSTILE}{OSC}",
        "given": {"deploymentConfig": f"None{HOSTILE}{OSC}"}, "expect": {f"status{HOSTILE}": f"x{OSC}"},
    }  # fmt: skip
    (folder / "case.json").write_text(json.dumps(scenario), "utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["notes", "evil"],
        ["notes", "evil", "--json"],
        ["topics"],
        ["topics", "--json"],
        ["check", "evil"],
        ["check", "evil", "--json"],
        ["quiz", "evil", "--plain"],
        ["quiz", "evil", "--json"],
        ["simulate", "codedeploy-traffic", "evil/case.json"],
        ["simulate", "codedeploy-traffic", "evil/case.json", "--plain"],
        ["simulate", "codedeploy-traffic", "evil/case.json", "--json"],
        ["simulate", "codedeploy-traffic", "evil/case.json", "--source"],
        ["simulate", f"no{OSC}"],
        ["simulate", "codedeploy-traffic", f"no{OSC}.yaml"],
        ["notes", f"no{OSC}"],
    ],
    ids=lambda arguments: sanitize(" ".join(arguments)),
)
def test_nothing_that_a_terminal_obeys_is_written(
    run_dva: RunDva, content: Path, tmp_path: Path, arguments: list[str]
) -> None:
    env = {"DVA_CONTENT": str(content)} if arguments[0] != "check" else {}
    done = run_dva(*arguments, stdin="A\nq\n", env=env, cwd=tmp_path)
    for text in (done.stdout, done.stderr):
        assert [f"U+{ord(c):04X}" for c in text if is_hidden(c)] == []
        assert "\x1b" not in text and not RAW.search(text)
    assert "Traceback" not in done.stderr


def test_what_is_escaped_in_json_is_still_the_same_value() -> None:
    value = {f"key{HOSTILE}": f"text{OSC}{HOSTILE}\u2028\ud800"}
    text = escape_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not any(is_hidden(c) for c in text)


def test_an_error_of_dva_itself_is_one_line_with_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError(f"no\nway {OSC}")

    monkeypatch.setattr(cli, "app", broken)
    monkeypatch.setattr("sys.argv", ["dva", "today"])
    with pytest.raises(SystemExit) as leaving:
        cli.main()
    assert leaving.value.code == 70
    error = capsys.readouterr().err
    assert error.startswith("dva: error: this is a defect of dva (RuntimeError: no way")
    assert error.count("\n") == 2 and "hint: `dva --debug" in error and "\x1b" not in error
    monkeypatch.setattr("sys.argv", ["dva", "--debug"])
    with pytest.raises(RuntimeError):
        cli.main()
