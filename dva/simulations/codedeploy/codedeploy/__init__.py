"""A deployment of AWS CodeDeploy: which instances go when, what must stay healthy, where it stops, what is rolled back.

In CodeDeploy's order: the request is checked; tags select the instances; platform and style decide the lifecycle
events; the configuration becomes a minimum of healthy instances; waves of instances are deployed to, failed ones first;
the end is judged; a rollback is a new deployment. (AWS CodeDeploy User Guide, "Instance health".)
"""

from dva.simulations.codedeploy.codedeploy.documents import Deployed, Given
from dva.simulations.codedeploy.codedeploy.engine import deploy, initial_state
from dva.simulations.codedeploy.codedeploy.rules import mechanism

SIMULATION = mechanism.simulation(title="CodeDeploy deployment", view="lanes", unit="wave", given=Given,
                                  outcome=Deployed, run=deploy, initial_state=initial_state)  # fmt: skip
