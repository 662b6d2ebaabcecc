"""The reference page of an engine, as Markdown, from its declaration."""

from collections.abc import Iterable, Iterator

from dva.simulations.fields import Field, fields
from dva.simulations.frame import Simulation
from dva.trace import Rule


def page(simulation: Simulation) -> str:
    """Return the page: what the engine reads and results in, its rules with their sources, its beliefs."""
    return "\n".join(_lines(simulation)) + "\n"


def index(simulations: Iterable[Simulation]) -> str:
    """Return the page that leads to those of the engines."""
    rows = [f"- [{one.name}]({one.name}.md): {one.title}" for one in simulations]
    return "\n".join(["# Simulations", "", "Each page is generated from its engine's declaration.", "", *rows, ""])


def _lines(simulation: Simulation) -> Iterator[str]:
    name = simulation.name
    yield from (f"# {name}: {simulation.title}", "")
    yield from (f"`dva simulate {name}` runs its first case, `dva simulate {name} --new FILE` begins one of yours.", "")
    yield from ("## What may be written in `given`", "", *map(_field, fields(simulation.given)), "")
    if simulation.choices:
        yield from ("`--vary` also has all values of:", "", *(f"- `{place}`" for place in simulation.choices), "")
    yield from ("## What the outcome holds", "", *(_field(f, default=False) for f in fields(simulation.outcome)), "")
    yield from ("## Rules", "", *map(_rule, simulation.rules), "")
    yield from ("## What people believe instead", "")
    yield from (f"- **{belief.statement}** (`{belief.id}`). {belief.why_wrong}" for belief in simulation.beliefs)


def _field(field: Field, *, default: bool = True) -> str:
    value = {"required": ", required", "null": ", optional"}.get(field.default, f", default `{field.default}`")
    text = f"- `{field.name}` ({field.type}{value if default else ''})"
    return "  " * field.depth + text + (f": {field.sentence}" if field.sentence else "")


def _rule(rule: Rule) -> str:
    source = "; ".join(_linked(part) for part in rule.source.split("; "))
    assumed = " AWS does not say; dva settles it so." if rule.assumption else ""
    return f"- `{rule.id}`: {rule.statement}{assumed} ({source})"


def _linked(source: str) -> str:
    """Return one source, `title: address`, as a link; its title alone where it has no address."""
    title, separator, url = source.partition(": http")
    return f"[{title}](http{url})" if separator else source
