"""Blue/green with AWS Elastic Beanstalk: two environments, one name, and who answers it at each moment.

In Elastic Beanstalk's order: a second environment, the new version deployed and tested there, the swap of the two
CNAMEs, the wait until old DNS records have expired, and only then the end of the old environment. Weighted records of
Route 53 on a domain of one's own send a share to each. (Developer Guide, "Blue/Green deployments".)
"""

from dva import jsonpointer
from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk.beanstalk_bluegreen import beliefs as beliefs
from dva.simulations.beanstalk.beanstalk_bluegreen.documents import Given, Names
from dva.simulations.beanstalk.beanstalk_bluegreen.engine import initial_state, release
from dva.simulations.beanstalk.beanstalk_bluegreen.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Blue/green with a CNAME swap", view="lanes", unit="step", given=Given, outcome=Names, run=release,
    initial_state=initial_state, prepare_choice=options.open_settings,
    choices={
        jsonpointer.join("given", "environments", name, "option_settings", options.RDS, "DBDeletionPolicy"): (
            "Delete", "Snapshot", "Retain",
        )
        for name in ("blue", "green")
    },
)  # fmt: skip
