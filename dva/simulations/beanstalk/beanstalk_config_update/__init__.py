"""A configuration update of AWS Elastic Beanstalk: are instances replaced, how, and who serves meanwhile?

In Elastic Beanstalk's order: is anything changed that replaces instances; if so, all together, in batches that are
terminated before their replacements are launched (rolling by time or by health), or by a second group of instances
(immutable); when it fails, the previous configuration is rolled out again.
(Developer Guide, "Configuration changes".)
"""

from dva.simulations.beanstalk._environment import Fleet, instance_count
from dva.simulations.beanstalk._options import ROLLING, choices, open_settings
from dva.simulations.beanstalk.beanstalk_config_update.documents import Given, Updated
from dva.simulations.beanstalk.beanstalk_config_update.engine import ConfigurationUpdate
from dva.simulations.beanstalk.beanstalk_config_update.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Elastic Beanstalk configuration updates", view="lanes", unit="step", given=Given, outcome=Updated,
    run=lambda given, run: ConfigurationUpdate(given, run).execute(), prepare_choice=open_settings,
    initial_state=lambda given: Fleet(instance_count(given.environment, given.settings), "old").initial_state,
    choices=choices("/given/option_settings", (ROLLING, "RollingUpdateType"), (ROLLING, "RollingUpdateEnabled")),
)  # fmt: skip
