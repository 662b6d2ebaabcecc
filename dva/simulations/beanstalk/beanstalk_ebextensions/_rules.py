"""The rules of configuration files as a table, in the order in which Elastic Beanstalk applies them."""

from dva.simulations._before import Rule

GUIDE = "AWS Elastic Beanstalk Developer Guide, "
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
FILES = f"{GUIDE}Advanced environment customization with configuration files: {URL}ebextensions.html"
LINUX = f"{GUIDE}Customizing software on Linux servers: {URL}customize-containers-ec2.html"
HOOKS = f"{GUIDE}Extending Elastic Beanstalk Linux platforms: {URL}platforms-linux-extend.html"
PRECEDENCE = f"{GUIDE}Configuration options, precedence: {URL}command-options.html"
ISSUES = "event logs in issues of aws-elastic-beanstalk-developer-guide (126) and parse-server-example (262)"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    full = tuple(f"elastic-beanstalk-extensions.{note}" for note in notes)
    return Rule(f"beanstalk.ebextensions.{name}", says, source, full, convention)


OVERLOOKED = _rule("overlooked", "Other names and other places than .ebextensions/*.config are not read.", FILES, "02")
READ = _rule("read", "Files are processed in the order of their names.", PRECEDENCE, "file-order")
TWICE = _rule("twice", "A key that stands twice in a file counts once.", FILES, "one-key-once")
MALFORMED = _rule("malformed", "A file that is neither YAML nor JSON fails the launch or the deployment before "
                  "anything runs.", f"{FILES}; {ISSUES}", "malformed", "03")  # fmt: skip
SKIPPED = _rule("skipped", "A file with a key that is not valid is skipped as a whole, with a warning.", LINUX,
                "invalid-key")  # fmt: skip
OPTIONS = _rule("options", "option_settings are merged; a later file wins.", PRECEDENCE, "01", "file-order")
BAD_OPTION = _rule("badOption", "An option value that is not allowed fails the launch or the deployment.", ISSUES,
                   "bad-option")  # fmt: skip
RESOURCES = _rule("resources", "Resources become part of the environment's CloudFormation stack.", FILES, "04")
PREPARE = _rule("prepare", "Keys are processed in this order: packages, groups, users, sources, files, commands, "
                "services, container_commands.", LINUX, "keys-order")  # fmt: skip
MODE = _rule("mode", "The mode of a file is text of octal digits, six as the guide writes it.", LINUX, "files-mode")
COMMANDS = _rule("commands", "commands run as root before the application is extracted, in the order of their names.",
                 LINUX, "commands")  # fmt: skip
EACH_FILE = _rule(
    "eachFile", "Each file's commands run together, file after file.",
    f"the guide orders files and the commands of one file, but not the commands of several: {LINUX}", "commands",
    "container-commands", convention=True,
)  # fmt: skip
HOOK = _rule("hook", "Platform hooks run between the keys: prebuild, predeploy, postdeploy, by the names of the files.",
             HOOKS, "platform-hooks")  # fmt: skip
CONFIG_HOOKS = _rule("confighooks", "confighooks run only where a configuration change keeps the instances.", HOOKS,
                     "platform-hooks")  # fmt: skip
CONTAINER = _rule("containerCommands", "container_commands run in the staging directory after the application is "
                  "extracted and before it is deployed.", LINUX, "container-commands")  # fmt: skip
LEADER = _rule("leaderOnly", "leader_only commands come first and run on one instance only.", LINUX, "leader-only")
NOT_LEADER = _rule("notLeader", "The other instances do not run leader_only commands.", LINUX, "leader-only")
NO_LEADER = _rule("noLeader", "When a launch configuration change brings up instances, leader_only commands stay out.",
                  LINUX, "launch-config", "leader-only")  # fmt: skip
TEST = _rule("test", "A command runs only where its test returns 0.", LINUX, "test")
TEST_IGNORED = _rule("testIgnored", "leader_only takes precedence over test.", LINUX, "test", "leader-only")
IGNORE = _rule("ignoreErrors", "With ignoreErrors a failing command does not stop the others.", LINUX, "ignore-errors")
FAILED = _rule("failed", "A command that returns anything but 0 stops the instance, and the deployment fails.", LINUX,
               "ignore-errors")  # fmt: skip
DONE = _rule("done", "When every instance is through, the application is deployed.", LINUX, "container-commands")

RULES = (
    OVERLOOKED, READ, TWICE, MALFORMED, SKIPPED, OPTIONS, BAD_OPTION, RESOURCES, PREPARE, MODE, COMMANDS, EACH_FILE,
    HOOK, CONFIG_HOOKS, CONTAINER, LEADER, NOT_LEADER, NO_LEADER, TEST, TEST_IGNORED, IGNORE, FAILED, DONE,
)  # fmt: skip
