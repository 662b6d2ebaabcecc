"""The beliefs that a learner's answers point to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from dva.render.screen import Line, heading, line
from dva.render.text import Display, sanitize, wrap

if TYPE_CHECKING:
    from dva.app.beliefs import HeldBelief

NONE = "No belief stands out: your sure answers point to no wrong rule. Guesses are not counted."


def beliefs(found: Sequence["HeldBelief"], display: Display) -> Group:
    """Draw each belief with why it is wrong, the case that shows it, and what to predict."""
    lines: list[Line] = [heading("Beliefs", display)]
    for one in found:
        standing = one.standing
        said = f"You answer as if {one.statement} ({standing.hits} of {standing.answers})."
        lines += [Text(""), *(line((row, "strong")) for row in wrap(sanitize(said), display.width))]
        lines += [line(row) for row in wrap(sanitize(one.why_wrong), display.width, "  ", "  ")]
        for number, case in enumerate(one.cases):
            flag = " --predict" if number else ""
            what = "Check" if number else "See it"
            lines.append(line((f"  {what}: ", "faint"), f"dva simulate {one.simulation} {case}{flag}"))
    return Group(*lines)
