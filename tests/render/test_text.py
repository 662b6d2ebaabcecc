import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dva.render.text import (
    ASCII,
    UNICODE,
    Glyphs,
    bar,
    cell_len,
    format_number,
    format_span,
    format_time,
    pad,
    sanitize,
    to_ascii,
    truncate,
    wrap,
)

ANY = st.text(st.characters(exclude_categories=()), max_size=60) | st.text("\x1b[]0;m\x07\\P\x9b 1a\n", max_size=30)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a new title\x07after", "after"),
        ("\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice control\x1b\\x", "x"),
        ("\x9b2Jcleared", "cleared"),
        ("back\x08space\x7f", "backspace"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("safe\u202eelif.exe", "safeelif.exe"),
        ("a\tb", "a    b"),
        ("half \ud800 a pair", "half \ufffd a pair"),
    ],
)
def test_control_sequences_are_taken_out(text: str, left: str) -> None:
    assert sanitize(text) == left


@given(ANY)
def test_nothing_that_controls_a_terminal_survives(text: str) -> None:
    cleaned = sanitize(text)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert sanitize(cleaned) == cleaned
    assert sanitize(text, ascii=True).isascii()


def test_ascii_writes_signs_out() -> None:
    assert to_ascii("✓ café → “3 ≥ 2” …") == 'ok cafe -> "3 >= 2" ...'


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40), st.integers(0, 30))
def test_cut_and_pad_keep_to_the_width(text: str, width: int) -> None:
    assert cell_len(truncate(text, width)) <= width
    assert cell_len(pad(text, width)) == width
    assert truncate(text, 200) == text


@given(st.text("ab -漢\n", max_size=80), st.integers(4, 30))
def test_fold_loses_no_word_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, "> ", "  ")
    assert all(cell_len(line) <= width for line in lines)
    parts = [line[2:] for line in lines]
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(2, 20))
def test_a_bar_is_empty_or_full_only_where_nothing_or_all_is_used(
    glyphs: Glyphs, part: int, whole: int, width: int
) -> None:
    drawn = bar(part, whole, width, glyphs)
    assert len(drawn) == width
    assert (glyphs.full not in drawn) == (part == 0)
    assert (glyphs.empty not in drawn) == (part >= whole)


def test_numbers_and_times_are_written_as_people_do() -> None:
    assert [format_number(3.0), format_number(0.25), format_number(1e6)] == ["3", "0.25", "1000000"]
    assert [format_time(60, "s"), format_time(3, "step"), format_time(1.5)] == ["60 s", "step 3", "1.5"]
    assert [format_time(t, "ms") for t in (0, 0.0422211, 106.857, 86400.04)] == [
        "0 ms",
        "0.042 ms",
        "106.86 ms",
        "86400 ms",
    ]
    assert [format_span(0, 2.5, "min"), format_span(1, 3, "round"), format_span(75, None, "s", ASCII)] == [
        "0–2.5 min", "round 1–3", "75 s ->",
    ]  # fmt: skip
