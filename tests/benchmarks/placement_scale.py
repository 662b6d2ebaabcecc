"""AWS's quota at once: 5,000 tasks onto 5,000 instances, against the time that reading the scenario takes.

    python tests/benchmarks/placement_scale.py [--instances 5000] [--tasks 5000] [--write FILE]

Prints the seconds of both and their ratio. Zone spread, binpack and a memberOf expression; instances of three types
with different room, one in ten of a type that the expression leaves out, half of them with tasks of another service.
"""

import argparse
import random
import time
from pathlib import Path
from typing import Any

import yaml

from dva.catalog import yamlfile
from dva.simulations import load

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
TYPES = (("m5.large", 2048, 7680), ("m5.xlarge", 4096, 15360), ("c5.large", 2048, 3584), ("t3.micro", 2048, 900))


def scenario(instances: int, tasks: int, *, seed: int = 7) -> dict[str, Any]:
    """A scenario of this size; every instance has another amount left."""
    rng = random.Random(seed)
    return {
        "simulation": "ecs-placement",
        "title": f"{tasks} tasks onto {instances} instances",
        "notes": ["ecs-task-placement.18"],
        "given": {
            "cluster": {"clusterName": "scale", "containerInstances": [_instance(n, rng) for n in range(instances)]},
            "taskDefinition": {
                "family": "web",
                "networkMode": "bridge",
                "containerDefinitions": [
                    {
                        "name": "app",
                        "image": "app:1",
                        "cpu": 256,
                        "memory": 512,
                        "portMappings": [{"containerPort": 80}],
                    }
                ],
            },
            "service": {
                "serviceName": "web",
                "desiredCount": tasks,
                "placementConstraints": [
                    {
                        "type": "memberOf",
                        "expression": "attribute:ecs.instance-type =~ [mc]5.* and not(task:group == db)",
                    }
                ],
                "placementStrategy": [
                    {"type": "spread", "field": "attribute:ecs.availability-zone"},
                    {"type": "binpack", "field": "memory"},
                ],
            },
        },
    }


def _instance(n: int, rng: random.Random) -> dict[str, Any]:
    kind, cpu, memory = TYPES[3] if n % 10 == 9 else TYPES[n % 3]
    return {
        "ec2InstanceId": f"i-{n:017x}",
        "status": "ACTIVE",
        "agentConnected": True,
        "attributes": [
            {"name": "ecs.availability-zone", "value": ZONES[n % len(ZONES)]},
            {"name": "ecs.instance-type", "value": kind},
        ],
        "remainingResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": cpu - 128 * rng.randrange(8)},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": memory - rng.randrange(memory // 2)},
            {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2375", "2376", "51678", "51679"]},
        ],
    }


def read(text: str) -> Any:
    """With the strict reader of scenarios."""
    return yamlfile.parse_yaml(text, "scale.yaml").value


def seconds(work: Any, repeat: int = 3) -> float:
    """The best of some runs."""
    best = float("inf")
    for _ in range(repeat):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=5000)
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--write", type=Path, help="also write the scenario there")
    wanted = parser.parse_args()
    document = scenario(wanted.instances, wanted.tasks)
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False)
    if wanted.write:
        wanted.write.write_text(text)
    reading = seconds(lambda: yaml.load(text, yaml.CSafeLoader))
    strict = seconds(lambda: read(text))
    simulation = load("ecs-placement")
    outcome = simulation.run(document["given"], steps=False).outcome
    placing = seconds(lambda: simulation.run(document["given"], steps=False))
    print(f"{len(outcome['placements'])} placed, {len(outcome['unplaced'])} not: {outcome['status']}")
    print(f"read {strict:.2f} s (CSafeLoader alone {reading:.2f} s), place {placing:.2f} s")
    print(f"ratio {placing / strict:.2f} (against CSafeLoader {placing / reading:.2f})")


if __name__ == "__main__":
    main()
