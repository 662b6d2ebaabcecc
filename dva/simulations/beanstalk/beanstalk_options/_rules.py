"""The rules of precedence as a table, from the strongest source to the weakest."""

from dva.simulations._before import Rule

GUIDE = "AWS Elastic Beanstalk Developer Guide, "
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
PRECEDENCE = f"{GUIDE}Configuration options, precedence: {URL}command-options.html"
FILES = f"{GUIDE}Advanced environment customization with configuration files: {URL}ebextensions.html"
LINUX = f"{GUIDE}Customizing software on Linux servers: {URL}customize-containers-ec2.html"
OPTIONS = f"{GUIDE}General options for all environments: {URL}command-options-general.html"
AFTER = f"{GUIDE}Setting configuration options after your environment is created: "
REMOVING = f"{AFTER}{URL}environment-configuration-methods-after.html"
CLI = "EB CLI, ebcli/objects/requests.py: https://github.com/aws/aws-elastic-beanstalk-cli"
ISSUE = "an event log: https://github.com/awsdocs/aws-elastic-beanstalk-developer-guide/issues/126"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    full = tuple(f"elastic-beanstalk-extensions.{note}" for note in notes)
    return Rule(f"beanstalk.options.{name}", says, source, full, convention)


RECOMMENDED = _rule("recommended", "The EB CLI and the console set recommended values directly when they create an "
                    "environment.", f"{PRECEDENCE}; {CLI}", "recommended")  # fmt: skip
CONSOLE = _rule(
    "console", "The console sets more options than these two; AWS names them but not their values.", PRECEDENCE,
    "recommended", convention=True,
)  # fmt: skip
NO_DEFAULTS = _rule("savedConfiguration", "Created from a saved configuration, the EB CLI adds none of its values.",
                    CLI, "recommended")  # fmt: skip
READ = _rule("read", "Files named *.config in .ebextensions are read in the order of their names.", PRECEDENCE,
             "file-order", "02")  # fmt: skip
OVERLOOKED = _rule("overlooked", "Other names and other places are not read.", FILES, "02")
TWICE = _rule("twice", "A key that stands twice in a file counts once.", FILES, "one-key-once")
SKIPPED = _rule("skipped", "A file with a key that is not valid is skipped as a whole, with a warning.", LINUX,
                "invalid-key")  # fmt: skip
MALFORMED = _rule("malformed", "A file that is neither YAML nor JSON fails the launch or the deployment.",
                  f"{FILES}; {ISSUE}", "malformed")  # fmt: skip
MISPLACED = _rule(
    "misplaced", "HealthCheckSuccessThreshold is an option of aws:elasticbeanstalk:healthreporting:system; under "
    "aws:elasticbeanstalk:command it is ignored.",
    f"two pages of the guide show it under :command, the table of options does not have it there: {OPTIONS}",
    "health-threshold", convention=True,
)  # fmt: skip
INVALID = _rule("invalid", "A value that an option does not take fails the update.", OPTIONS, "bad-option")
REMOVE = _rule("remove", "What was set directly or by a saved configuration is stored and can be removed; then files "
               "count again.", f"{PRECEDENCE}; {REMOVING}", "stored")  # fmt: skip
WANTS = _rule("wants", "Each source is looked at, from the weakest to the strongest.", PRECEDENCE, "precedence")
LATER = _rule(
    "later", "Of two files the later one wins.",
    f"the guide gives the order of files but not which of two wins: {PRECEDENCE}", "file-order", convention=True,
)  # fmt: skip
WINS = _rule("wins", "Direct settings beat saved configurations, these beat files, and files beat defaults.",
             PRECEDENCE, "precedence")  # fmt: skip
DEFAULT = _rule("default", "The default counts where nothing else is set.", PRECEDENCE, "precedence")
INSTANCE_TYPES = _rule("instanceTypes", "InstanceTypes replaces InstanceType; without Spot its first one is used.",
                       OPTIONS, "instance-types")  # fmt: skip

RULES = (
    RECOMMENDED, CONSOLE, NO_DEFAULTS, READ, OVERLOOKED, TWICE, SKIPPED, MALFORMED, MISPLACED, INVALID, REMOVE, WANTS,
    LATER, WINS, DEFAULT, INSTANCE_TYPES,
)  # fmt: skip
