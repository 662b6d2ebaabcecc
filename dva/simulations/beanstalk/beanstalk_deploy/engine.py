"""A deployment by its policy: in place, to a second group, or by replacing instances."""

from dva.simulations.beanstalk._environment import Fleet, instance_count
from dva.simulations.beanstalk.beanstalk_deploy.checks import SECOND_GROUP
from dva.simulations.beanstalk.beanstalk_deploy.deployment import Deployment
from dva.simulations.beanstalk.beanstalk_deploy.documents import Given
from dva.simulations.beanstalk.beanstalk_deploy.in_place import deploy_in_place
from dva.simulations.beanstalk.beanstalk_deploy.replacing import deploy_by_replacing
from dva.simulations.beanstalk.beanstalk_deploy.second_group import deploy_to_second_group
from dva.simulations.frame import Run, State


def deploy(given: Given, run: Run) -> None:
    """Plan the deployment, then deploy to the instances one after the other."""
    deployment = Deployment(given, run)
    deployment.plan()
    if deployment.replacing:
        deploy_by_replacing(deployment)
    elif deployment.policy in SECOND_GROUP:
        deploy_to_second_group(deployment)
    else:
        deploy_in_place(deployment)


def initial_state(given: Given) -> State:
    """Return the lanes of the instances on the old version."""
    return Fleet(instance_count(given.environment, given.settings), given.environment.version_label).initial_state
