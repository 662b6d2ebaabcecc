"""A configuration update of AWS Elastic Beanstalk: are instances replaced, how, and who serves meanwhile?

In Elastic Beanstalk's order: is anything changed that replaces instances; if so, all together, in batches that are
terminated before their replacements are launched (rolling by time or by health), or by a second group of instances
(immutable); when it fails, the previous configuration is rolled out again.
(Developer Guide, "Configuration changes".)
"""

from dva import jsonpointer
from dva.simulations.beanstalk._options import BOOLEAN, ROLLING, open_settings
from dva.simulations.beanstalk.beanstalk_config_update import beliefs as beliefs
from dva.simulations.beanstalk.beanstalk_config_update.documents import Given, Updated
from dva.simulations.beanstalk.beanstalk_config_update.engine import initial_state, update
from dva.simulations.beanstalk.beanstalk_config_update.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Elastic Beanstalk configuration updates", view="lanes", unit="step", given=Given, outcome=Updated,
    run=update, initial_state=initial_state, prepare_choice=open_settings,
    choices={
        jsonpointer.join("given", "option_settings", ROLLING, name): values
        for name, values in {
            "RollingUpdateType": ("Time", "Health", "Immutable"), "RollingUpdateEnabled": BOOLEAN,
        }.items()
    },
)  # fmt: skip
