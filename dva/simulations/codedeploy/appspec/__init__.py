"""An AppSpec file, judged as its reader judges it: the CodeDeploy agent for EC2 and on-premises, the service else.

In the agent's order: the text becomes values (YAML 1.1, Ruby's safe loader); then version, os, hooks, files,
permissions, file_exists_behavior, and the first thing that is wrong ends it. What was accepted but means something
else than it says, or than AWS's pages say, is a warning (`surprises` in the outcome). The agent's reading is in
`_appspec_file.py` of this service, files for Lambda and Amazon ECS are in `_service_appspec.py`.
"""

from dva.simulations.codedeploy.appspec import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.codedeploy.appspec.documents import Given, Judgment
from dva.simulations.codedeploy.appspec.engine import initial_state, judge
from dva.simulations.codedeploy.appspec.rules import mechanism

SIMULATION = mechanism.simulation(
    title="AppSpec file of CodeDeploy", view="texts", given=Given, outcome=Judgment, run=judge,
    initial_state=initial_state,
)  # fmt: skip
