"""The account that the steps act on: environments, the database, and how they are drawn."""

from dataclasses import dataclass

from dva.simulations.beanstalk._environment import read_settings
from dva.simulations.beanstalk._options import RDS, Settings, default, effective
from dva.simulations.beanstalk.beanstalk_migrate.documents import BALANCER, HAS_DATABASE, POLICY, Database, Given, Goal
from dva.trace import Place


@dataclass
class EnvironmentState:
    """An environment: its settings, and whether it runs the version."""

    name: str
    settings: Settings
    deployed: bool = False

    @property
    def balancer(self) -> str:
        """Type of its load balancer."""
        return effective(self.settings, *BALANCER) or default(BALANCER) or ""

    @property
    def policy(self) -> str:
        """Deletion policy of its database."""
        return effective(self.settings, *POLICY) or default(POLICY) or ""

    @property
    def described(self) -> str:
        """`a classic load balancer`, `an application load balancer`."""
        return f"{'an' if self.balancer[:1] in 'aeiou' else 'a'} {self.balancer} load balancer"


@dataclass
class AccountState:
    """Everything that the steps act on; `home` is the environment that the database is coupled with."""

    environments: list[EnvironmentState]
    old: EnvironmentState
    """The environment as it was at the start."""
    serving: str
    goal: Goal
    home: str | None = None
    database: Database | None = None
    protected: bool = False
    snapshots: int = 0
    swapped: bool = False
    waited: bool = False
    failed: str | int | None = None
    loss: str = ""
    restored: bool = False

    def find(self, name: str) -> EnvironmentState | None:
        """Return the environment of this name."""
        return next((environment for environment in self.environments if environment.name == name), None)

    def drawn(self) -> dict[Place, object]:
        """Return the cells of all environments and of the database."""
        cells: dict[Place, object] = {("cells", one.name): self.cell(one) for one in self.environments}
        return cells | {("cells", "database"): self.database_cell()}

    def cell(self, environment: EnvironmentState) -> dict[str, object]:
        """Return the cell of an environment."""
        items = [f"{environment.balancer} load balancer"]
        items += ["serves production"] * (environment.name == self.serving)
        items += ["runs the version"] * environment.deployed
        note = f"database coupled, policy {environment.policy}" if self.home == environment.name else ""
        return {"group": "environments", "items": items, "meters": {}, "note": note}

    def database_cell(self) -> dict[str, object]:
        """Return the cell of the database."""
        items: list[str] = [self.database or "none"]
        items += [f"{self.snapshots} snapshot{'s' if self.snapshots > 1 else ''}"] * (self.snapshots > 0)
        items += ["protected from deletion"] * self.protected
        return {"group": "database", "items": items, "meters": {}, "note": self.loss}


def account_of(given: Given) -> AccountState:
    """Return the account at the start."""
    settings = read_settings(given.environment.option_settings, "/environment/option_settings")
    name = given.environment.name
    implied = given.goal == "decouple-rds" or any(namespace == RDS for namespace, _ in settings)
    has_database = settings[HAS_DATABASE] == "true" if HAS_DATABASE in settings else implied
    return AccountState([EnvironmentState(name, settings, deployed=True)], EnvironmentState(name, settings), name,
                        given.goal, home=name if has_database else None,
                        database="coupled" if has_database else None)  # fmt: skip
