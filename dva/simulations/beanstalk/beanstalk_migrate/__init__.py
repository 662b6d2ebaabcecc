"""Two migrations of an Elastic Beanstalk environment, done step by step in whatever order is given.

Changing the load balancer: its type is fixed at creation, so a new environment is created beside the old one, gets
the version, takes the CNAME over, and the old one is terminated when DNS has forgotten it.
Decoupling a database: the deletion policy is set to Retain and applied, and only a second update takes the database
out of its environment. Whatever removes the database earlier (an update, a rebuild, a termination) acts by the
policy that was applied at that moment. AWS carries out what it is told; it does not know the goal.
"""

from dva.simulations.beanstalk._options import RDS, open_settings
from dva.simulations.beanstalk.beanstalk_migrate.account import account_of
from dva.simulations.beanstalk.beanstalk_migrate.documents import Given, Migration
from dva.simulations.beanstalk.beanstalk_migrate.engine import migrate
from dva.simulations.beanstalk.beanstalk_migrate.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Migrations of an Elastic Beanstalk environment", view="grid", given=Given, outcome=Migration, run=migrate,
    prepare_choice=open_settings,
    initial_state=lambda given: {"cells": {place[-1]: cell for place, cell in account_of(given).drawn().items()}},
    choices={f"/given/environment/option_settings/{RDS}/DBDeletionPolicy": ("Delete", "Snapshot", "Retain")},
)  # fmt: skip
