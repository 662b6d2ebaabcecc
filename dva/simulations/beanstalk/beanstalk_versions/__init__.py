"""Application versions of Elastic Beanstalk: creating, deploying and deleting one, and the lifecycle policy.

Creating a version, in this order: the quota of the Region is checked, the version is created, and only then the
application's lifecycle policy runs over the versions that were there before. It picks those beyond `MaxCount` or
older than `MaxAgeInDays`, passes over what an environment uses or used less than ten weeks ago, and deletes the
oldest of the rest, 100 at most. Deploying an existing version and deleting one by hand run no policy.
"""

from dva.simulations.beanstalk.beanstalk_versions.documents import Given, Versions
from dva.simulations.beanstalk.beanstalk_versions.engine import act, initial_state
from dva.simulations.beanstalk.beanstalk_versions.rules import ACTIONS, mechanism

SIMULATION = mechanism.simulation(
    title="Elastic Beanstalk application versions and their lifecycle policy", view="grid", given=Given,
    outcome=Versions, run=act, initial_state=initial_state, choices={"/given/action": ACTIONS},
)  # fmt: skip
