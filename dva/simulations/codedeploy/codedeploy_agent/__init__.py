"""One instance and a series of deployments: what the CodeDeploy agent runs, copies, removes and leaves behind.

For each deployment, in the agent's order: the stop events with scripts of the revision that was installed last,
DownloadBundle, BeforeInstall, Install (check of the AppSpec, cleanup, working out, copying), and the
events after it. The first thing that fails ends the deployment on this instance. (The agent is public:
github.com/aws/aws-codedeploy-agent.)
"""

from dva.simulations.codedeploy.codedeploy_agent.documents import Given, Series
from dva.simulations.codedeploy.codedeploy_agent.engine import deploy_series, initial_state
from dva.simulations.codedeploy.codedeploy_agent.rules import mechanism

SIMULATION = mechanism.simulation(title="The CodeDeploy agent on one instance", view="texts", unit="deployment",
                                  given=Given, outcome=Series, run=deploy_series,
                                  initial_state=initial_state)  # fmt: skip
