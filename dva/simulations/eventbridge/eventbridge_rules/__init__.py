"""Rules of Amazon EventBridge: does an event match, and what does each target get?

In AWS's order: the pattern of the rule is checked; an enabled rule compares each event with it; each target of a rule
that matches gets the event, a constant text, a part of the event, or a template filled from it.
The matching is in `dva/aws/event_pattern.py`. (Amazon EventBridge User Guide, "Event patterns" and "Input
transformation".)
"""

from dva.simulations.eventbridge.eventbridge_rules import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.eventbridge.eventbridge_rules.documents import Given, Routed
from dva.simulations.eventbridge.eventbridge_rules.engine import route
from dva.simulations.eventbridge.eventbridge_rules.rules import bus

SIMULATION = bus.simulation(title="Amazon EventBridge rules", view="texts", given=Given, outcome=Routed, run=route,
                            initial_state=lambda given: {"texts": {}})  # fmt: skip
