"""Small pictures and runs to draw: ECS tasks on six instances, and one made-up trace for each other view."""

from typing import Any

from dva import jsonpointer
from dva.aws.document import StrictStruct
from dva.simulations.frame import Mechanism, Outcome, Simulation, View
from dva.trace import Place, Rule, Trace, TraceBuilder

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
GUIDE = "Amazon ECS Developer Guide, Task placement: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"


def instance(name: str, zone: str, cpu: int = 1024, memory: int = 2048, kind: str = "t3.small") -> dict[str, Any]:
    return {
        "ec2InstanceId": name,
        "attributes": [
            {"name": "ecs.availability-zone", "value": zone},
            {"name": "ecs.instance-type", "value": kind},
        ],
        "registeredResources": [
            {"name": "CPU", "integerValue": 1024},
            {"name": "MEMORY", "integerValue": 2048},
        ],
        "remainingResources": [
            {"name": "CPU", "integerValue": cpu},
            {"name": "MEMORY", "integerValue": memory},
        ],
    }


PLACEMENT: dict[str, Any] = {
    "cluster": {
        "clusterName": "study",
        "containerInstances": [
            instance(f"i-{zone[-1]}{n}", zone, cpu=1024 if n == 1 else 600) for n in (1, 2) for zone in ZONES
        ],
    },
    "taskDefinition": {
        "family": "web",
        "containerDefinitions": [{"name": "web", "cpu": 200, "memory": 512}],
    },
    "service": {
        "serviceName": "web",
        "desiredCount": 5,
        "placementStrategy": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "memory"},
        ],
    },
}

QUERY: dict[str, Any] = {
    "filter": "attribute:ecs.instance-type == t3.small and attribute:ecs.availability-zone != us-east-1c",
    "containerInstances": [
        instance("i-a1", ZONES[0]),
        instance("i-b1", ZONES[1], kind="t3.large"),
        instance("i-c1", ZONES[2]),
        {"ec2InstanceId": "i-x1", "attributes": [{"name": "ecs.instance-type", "value": "t3.small"}]},
    ],
}

SAMPLE = Mechanism("sample", rules="sample", notes="ecs-task-placement")
RULE = SAMPLE.rule("rule", "A made-up rule says what happens next.", GUIDE, "01")
ASSUMPTION = SAMPLE.rule("order", "Equals go in the order of the file.", "dva", assumption=True)


class Steps(TraceBuilder):
    """A trace to fill: changes by JSON Pointer."""

    def step(
        self, rule: Rule, title: str, why: str = "", *, at: float | None = None, changes: dict[str, Any] | None = None
    ) -> None:
        places: dict[Place, object] = {
            tuple(jsonpointer.split(pointer)): value for pointer, value in (changes or {}).items()
        }
        self.record(rule, title, why, at, places)


def made_up(view: View, unit: str, state: dict[str, Any], outcome: dict[str, Any]) -> tuple[Simulation, Steps]:
    """Return a simulation of this view with nothing behind it, and a trace to fill."""
    simulation = SAMPLE.simulation(
        title=f"A sample of {view}", view=view, unit=unit, given=StrictStruct, outcome=Outcome, run=lambda *_: None
    )
    empty = {"status": None, "error": None, **outcome}
    return simulation, Steps(simulation.name, state, empty, steps=True)


def timeline() -> tuple[Simulation, Trace]:
    state = {"series": {"desired": [[0, 2]], "running": [[0, 2]], "alarm": [[0, "OK"]]}, "events": []}
    simulation, trace = made_up("timeline", "s", state, {"activities": [], "finalCapacity": None})
    trace.step(RULE, "The metric stays high for three minutes", "CPU is at 84 %, the target is 50 %", at=180, changes={
        "/state/series/alarm/-": [180, "ALARM"], "/state/events/-": [180, "AlarmHigh goes off"],
    })  # fmt: skip
    trace.step(RULE, "The policy scales out by two", "ceil(2 × 84 / 50) = 4", at=180, changes={
        "/state/series/desired/-": [180, 4],
        "/outcome/activities/-": {"at": 180, "from": 2, "to": 4, "cause": "target"},
        "/state/events/-": [180, "desired count goes from 2 to 4 because the policy wants the metric at 50 %"],
    })  # fmt: skip
    trace.step(ASSUMPTION, "The new tasks run", at=240, changes={"/state/series/running/-": [240, 4]})
    trace.step(RULE, "The alarm is quiet again", at=420, changes={
        "/state/series/alarm/-": [420, "OK"], "/outcome/status": "scaled", "/outcome/finalCapacity": 4,
    })  # fmt: skip
    return simulation, trace.finish()


def lanes() -> tuple[Simulation, Trace]:
    state = {"lanes": {name: [[0, None, "v1 serves"]] for name in ("i-1", "i-2", "i-3 (new)")}}
    state["lanes"]["i-3 (new)"] = []
    simulation, trace = made_up("lanes", "s", state, {"batches": [], "final": {}})
    trace.step(RULE, "i-1 leaves the load balancer and is updated", at=60, changes={
        "/state/lanes/i-1/0": [0, 60, "v1 serves"], "/state/lanes/i-1/-": [60, None, "deploying"],
        "/outcome/batches/-": ["i-1"],
    })  # fmt: skip
    trace.step(RULE, "i-1 serves v2", at=75, changes={
        "/state/lanes/i-1/1": [60, 75, "deploying"], "/state/lanes/i-1/-": [75, None, "v2 serves"],
    })  # fmt: skip
    trace.step(ASSUMPTION, "i-2 is updated", "one instance a batch", at=75, changes={
        "/state/lanes/i-2/0": [0, 75, "v1 serves"], "/state/lanes/i-2/-": [75, 140, "deploying"],
        "/outcome/batches/-": ["i-2"],
    })  # fmt: skip
    trace.step(RULE, "i-2 serves v2, and a third instance has started", at=240, changes={
        "/state/lanes/i-2/-": [140, None, "v2 serves"], "/state/lanes/i-3 (new)/-": [240, None, "v2 serves"],
        "/outcome/status": "done", "/outcome/final": {"old": 0, "new": 3},
    })  # fmt: skip
    return simulation, trace.finish()


CANONICAL = (
    "GET\n/\nAction=ListUsers&Version=2010-05-08\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\n"
    "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n"
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)


def texts() -> tuple[Simulation, Trace]:
    state = {"texts": {"canonical request": "GET\n/", "string to sign": ""}}
    simulation, trace = made_up("texts", "step", state, {"canonical_request": None, "signed": False, "headers": []})
    trace.step(RULE, "The canonical request is complete", "path, query, headers, body hash", at=1, changes={
        "/state/texts/canonical request": CANONICAL, "/outcome/canonical_request": CANONICAL,
        "/outcome/headers": ["content-type", "host", "x-amz-date"],
    })  # fmt: skip
    trace.step(RULE, "The string to sign names the algorithm, the time, the scope and its hash", at=2, changes={
        "/state/texts/string to sign": "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request",
        "/outcome/status": "done",
    })  # fmt: skip
    return simulation, trace.finish()
