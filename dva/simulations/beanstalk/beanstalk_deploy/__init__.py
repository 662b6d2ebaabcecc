"""An AWS Elastic Beanstalk deployment: which instances run which version, and who still serves meanwhile?

In Elastic Beanstalk's order: the deployment policy and its batch size are settled and checked; then the new version
goes to the existing instances (all at once, or batch after batch), to a second group of instances (immutable,
traffic splitting), or to both (an additional batch); a batch that does not become healthy ends it.
(Developer Guide, "Deployment policies and settings".)
"""

from dva import jsonpointer
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_deploy import beliefs as beliefs
from dva.simulations.beanstalk.beanstalk_deploy.documents import Deployed, Given
from dva.simulations.beanstalk.beanstalk_deploy.engine import deploy, initial_state
from dva.simulations.beanstalk.beanstalk_deploy.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Elastic Beanstalk deployment policies",
    view="lanes",
    unit="step",
    given=Given,
    outcome=Deployed,
    run=deploy,
    initial_state=initial_state,
    prepare_choice=options.open_settings,
    choices={
        jsonpointer.join("given", "option_settings", namespace, name): values
        for namespace, name, values in (
            (options.COMMAND, "DeploymentPolicy", options.POLICIES),
            (options.COMMAND, "BatchSizeType", ("Percentage", "Fixed")),
            (options.COMMAND, "IgnoreHealthCheck", options.BOOLEAN),
            (options.ENVIRONMENT, "EnvironmentType", ("SingleInstance", "LoadBalanced")),
            (options.ENVIRONMENT, "LoadBalancerType", ("classic", "application", "network")),
            (options.HEALTH, "HealthCheckSuccessThreshold", options.HEALTH_ORDER),
            (options.HEALTH, "SystemType", ("basic", "enhanced")),
        )
    },
)
