"""An AWS Elastic Beanstalk deployment: which instances run which version, and who still serves meanwhile?

In Elastic Beanstalk's order: the deployment policy and its batch size are settled and checked; then the new version
goes to the existing instances (all at once, or batch after batch), to a second group of instances (immutable,
traffic splitting), or to both (an additional batch); a batch that does not become healthy ends it.
(Developer Guide, "Deployment policies and settings".)
"""

from dva.simulations.beanstalk._environment import Fleet, instance_count
from dva.simulations.beanstalk._options import COMMAND, ENVIRONMENT, HEALTH, choices, open_settings
from dva.simulations.beanstalk.beanstalk_deploy.documents import Deployed, Given
from dva.simulations.beanstalk.beanstalk_deploy.engine import deploy
from dva.simulations.beanstalk.beanstalk_deploy.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Elastic Beanstalk deployment policies", view="lanes", unit="step", given=Given, outcome=Deployed, run=deploy,
    initial_state=lambda given: Fleet(instance_count(given.environment, given.settings),
                                      given.environment.version_label).initial_state,
    prepare_choice=open_settings,
    choices=choices("/given/option_settings", (COMMAND, "DeploymentPolicy"), (COMMAND, "BatchSizeType"),
                    (COMMAND, "IgnoreHealthCheck"), (ENVIRONMENT, "EnvironmentType"), (ENVIRONMENT, "LoadBalancerType"),
                    (HEALTH, "HealthCheckSuccessThreshold"), (HEALTH, "SystemType")),
)  # fmt: skip
