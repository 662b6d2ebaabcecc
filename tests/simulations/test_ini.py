"""INI files are read as botocore reads them."""

from pathlib import Path
from typing import Any

import botocore.configloader
import pytest
from botocore.exceptions import ConfigParseError
from credential_worlds import BROKEN, config, credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from dva.aws import ini

LINES = (
    "[default]", "[profile dev]", "[profile  dev ]", "[ profile dev]", "[profile a b]", '[profile "a b"]',
    "[profile 'a]", "[profiledev x]", "[sso-session s]", "[services s]", "[DEFAULT]", "[preview]", "[x] y", "[]",
    "a = 1", "A = 2", "b: 3", "b = 1 # no comment", "# comment", "; comment", "  # indented", "c", "c =",
    "  d = 4", "  words", "  e=5=6", "", " ", "=", "f == 7", "\tg = 8", "h = 9\r",
)  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(LINES), max_size=9).map("\n".join), config(), credentials())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ini") / "config"


def real(text: str, file: Path) -> Any:
    """The sections, and the profiles, sso-sessions and services among them; "error" where botocore raises."""
    file.write_text(text, newline="")
    try:
        sections = botocore.configloader.raw_config_parse(str(file))
    except ConfigParseError:
        return "error"
    found = botocore.configloader.build_profile_map(sections)
    return sections, found["profiles"], found["sso_sessions"], found["services"]


def ours(text: str) -> Any:
    try:
        sections = ini.parse(text)
    except ini.IniError:
        return "error"
    found = ini.config_file(sections)
    return sections, found.profiles, found.sso_sessions, found.services


@settings(max_examples=400)
@given(text=TEXTS)
def test_a_file_is_read_as_botocore_reads_it(file: Path, text: str) -> None:
    assert ours(text) == real(text, file)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ini.IniError) as problem:
        ini.parse(text)
    assert problem.value.message


def test_an_error_names_its_line() -> None:
    with pytest.raises(ini.IniError) as problem:
        ini.parse("[a]\nx = 1\n\nX = 2\n")
    assert problem.value.line == 4


def test_the_credentials_file_goes_over_the_config_file_key_by_key() -> None:
    config = ini.config_file(ini.parse("[profile dev]\nregion = eu-west-1\naws_access_key_id = A\n"))
    merged = ini.merged(config, ini.parse("[dev]\naws_access_key_id = B\n[new]\nx = 1\n"))
    assert merged == {"dev": {"region": "eu-west-1", "aws_access_key_id": "B"}, "new": {"x": "1"}}
