"""What a configuration update reads, and what Elastic Beanstalk does not take."""

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations._before import Refused, Rule
from dva.simulations.beanstalk import _options as beanstalk
from dva.simulations.beanstalk._environment import Client, Environment, Tier, read_settings, single, tier_name
from dva.simulations.beanstalk._options import Settings
from dva.simulations.beanstalk.beanstalk_config_update import _rules as rules

Number = Annotated[int, Meta(ge=1)]
BALANCER = (beanstalk.ENVIRONMENT, "LoadBalancerType")


class Events(StrictStruct, rename=None):
    """`fail_batch` and `abort`: the number of the batch; `fail_phase`: of an immutable update.

    `rollback_fails`: so does the way back.
    """

    fail_batch: Number | None = None
    fail_phase: Literal["first_instance", "remaining_instances"] | None = None
    abort: Number | bool = False
    rollback_fails: bool = False


class Update(AwsDocument, rename="pascal"):
    """UpdateEnvironment's members; the settings may stand there in the shorthand too."""

    version_label: str | None = None
    option_settings: Any = None
    shorthand: Any = field(name="option_settings", default=None)
    tier: Tier | str | None = None


class Given(StrictStruct, rename=None):
    environment: Environment = field(default_factory=Environment)
    option_settings: Any = None
    change: Any = None
    update: Update = field(default_factory=Update)
    events: Events = field(default_factory=Events)
    client: Client = "API"

    def settings(self) -> Settings:
        """The options that are set, with what the EB CLI has set when it created the environment."""
        written = read_settings(self.option_settings, "/option_settings")
        return self.recommended(written) | written

    def recommended(self, written: Settings) -> Settings:
        """The EB CLI's values for rolling updates."""
        if self.client != "EB CLI" or self.environment.worker or single(written):
            return {}
        values = {"RollingUpdateEnabled": "true", "RollingUpdateType": "Health"}
        return {(beanstalk.ROLLING, name): value for name, value in values.items()}

    def changes(self) -> Settings:
        """The options that the update sets."""
        api = read_settings(self.update.option_settings, "/update/OptionSettings")
        own = read_settings(self.update.shorthand, "/update/option_settings")
        return api | own | read_settings(self.change, "/change")


def check(given: Given, settings: Settings, change: Settings) -> None:
    """Raise Refused for what Elastic Beanstalk does not take."""
    wanted = settings | change
    for key, wrong in beanstalk.problems(wanted):
        raise refused(rules.VALUE, beanstalk.invalid(key, wanted[key], wrong))
    if BALANCER in change and change[BALANCER] != beanstalk.effective(settings, *BALANCER):
        raise refused(rules.FIXED, "LoadBalancerType can only be set when the environment is created.")
    tier = given.update.tier
    if tier is not None and tier_name(tier) != tier_name(given.environment.tier):
        raise refused(rules.TIER, "The tier of an environment cannot be changed.", "InvalidParameterValue")
    if single(wanted) and beanstalk.update_type(wanted) in ("Time", "Health"):
        raise refused(rules.SINGLE, "Rolling updates need a load-balanced environment; this one has a single instance.")
    _check_minimum(wanted)


def _check_minimum(wanted: Settings) -> None:
    most = wanted.get((beanstalk.ASG, "MaxSize"))
    fewest = wanted.get((beanstalk.ROLLING, "MinInstancesInService"))
    if most and fewest and int(fewest) >= int(most):
        wrong = f"it must be less than MaxSize, {most}"
        raise refused(rules.VALUE, beanstalk.invalid((beanstalk.ROLLING, "MinInstancesInService"), fewest, wrong))


def refused(rule: Rule, message: str, code: str = "ConfigurationValidationException") -> Refused:
    """What AWS would not take."""
    return Refused(rule, code, message, status="Rejected", reason=message)
