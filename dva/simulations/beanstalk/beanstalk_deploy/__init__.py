"""An AWS Elastic Beanstalk deployment: which instances run which version, and who still serves meanwhile?

In Elastic Beanstalk's order: the deployment policy and its batch size are settled and checked; then the new version
goes to the existing instances (all at once, or batch after batch), to a second group of instances (immutable,
traffic splitting), or to both (an additional batch); a batch that does not become healthy ends it.
(Developer Guide, "Deployment policies and settings".) The rules stand in `_rules.py`, what is read in `_given.py`,
the functions that decide and the beliefs in `_how.py`.
"""

from typing import Any

from dva.simulations._before import Simulation, Tracer, pointer
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Fleet, instance_count
from dva.simulations.beanstalk.beanstalk_deploy import _rules as rules
from dva.simulations.beanstalk.beanstalk_deploy._fresh import deploy_fresh
from dva.simulations.beanstalk.beanstalk_deploy._given import FRESH, Given
from dva.simulations.beanstalk.beanstalk_deploy._how import BELIEFS, How
from dva.simulations.beanstalk.beanstalk_deploy._in_place import deploy_in_place
from dva.simulations.beanstalk.beanstalk_deploy._replacing import deploy_replacing
from dva.simulations.beanstalk.beanstalk_deploy._run import Run

COMMAND_PLACE = pointer("given", "option_settings", beanstalk.COMMAND)


def start(given: Given) -> dict[str, Any]:
    """Every instance on the old version."""
    return Fleet(instance_count(given.environment, given.settings()), given.environment.version_label).initial_state


def play(given: Given, trace: Tracer, how: How) -> None:
    """The plan, then the instances one after the other."""
    run = Run(given, trace, how)
    run.plan()
    if run.replacing:
        deploy_replacing(run)
    elif run.policy in FRESH:
        deploy_fresh(run)
    else:
        deploy_in_place(run)


SIMULATION = Simulation(
    name="beanstalk-deploy",
    title="Elastic Beanstalk deployment policies",
    view="lanes",
    rules=rules.RULES,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "policy": None, "batch_size": None, "in_place_batches": None, "min_in_service": None, "max_instances": None,
        "final": {}, "downtime": False, "dns_change": False, "code_deployed_to": None, "rollback": None,
        "reason": None, "timeout_seconds": None,
    },
    statuses=("Deployed", "Failed", "Rejected", "Aborted"),
    play=play,
    how=How(),
    start=start,
    unit="step",
    varies={
        f"{COMMAND_PLACE}/DeploymentPolicy": beanstalk.POLICIES,
        f"{COMMAND_PLACE}/BatchSizeType": ("Percentage", "Fixed"),
        f"{COMMAND_PLACE}/IgnoreHealthCheck": beanstalk.BOOLEAN,
        pointer("given", "option_settings", beanstalk.ENVIRONMENT, "EnvironmentType"): (
            "SingleInstance", "LoadBalanced",
        ),
        pointer("given", "option_settings", beanstalk.ENVIRONMENT, "LoadBalancerType"): (
            "classic", "application", "network",
        ),
        pointer("given", "option_settings", beanstalk.HEALTH, "HealthCheckSuccessThreshold"): beanstalk.HEALTH_ORDER,
        pointer("given", "option_settings", beanstalk.HEALTH, "SystemType"): ("basic", "enhanced"),
    },
)  # fmt: skip
