"""Files beside a scenario: what they fill, and what is refused."""

from pathlib import Path

import pytest

from dva.catalog.scenarios import load
from dva.errors import ContentError

HEAD = "simulation: codedeploy\n"


def scenario(folder: Path, text: str) -> Path:
    (folder / "v1").mkdir()
    (folder / "v1" / "appspec.yml").write_text("version: 0.0\n")
    path = folder / "scenario.yaml"
    path.write_text(HEAD + text)
    return path


def test_a_mapping_that_only_files_fill_need_not_be_written(tmp_path: Path) -> None:
    text = "given: {deploy: {}}\nfiles: {/given/revisions/v1: v1/appspec.yml, /given/deploy/bundle: v1/}\n"
    given = load(scenario(tmp_path, text)).scenario.given
    assert given["revisions"] == {"v1": "version: 0.0\n"}
    assert given["deploy"] == {"bundle": {"appspec.yml": "version: 0.0\n"}}


@pytest.mark.parametrize("place", ["/given/instances/3/text", "/given/name/text", "/other/text"])
def test_a_place_that_cannot_be_is_an_error_with_its_line(tmp_path: Path, place: str) -> None:
    path = scenario(tmp_path, f"given: {{instances: [], name: x}}\nfiles: {{{place}: v1/appspec.yml}}\n")
    with pytest.raises(ContentError) as problem:
        load(path)
    assert "scenario.yaml:3" in str(problem.value.where)
