"""The rules of a build: reading the buildspec, variables, phases, artifacts, network."""

from dva.simulations.frame import Mechanism

codebuild = Mechanism("codebuild", rules="codebuild", notes="codebuild")
rule, belief = codebuild.rule, codebuild.belief

DOCS = "https://docs.aws.amazon.com/codebuild/latest/"
PAGES = f"{DOCS}userguide/"
GUIDE = "AWS CodeBuild User Guide"
SPEC = f"{GUIDE}, Build specification reference: {PAGES}build-spec-ref.html"
PHASES = f"{GUIDE}, Build phase transitions: {PAGES}view-build-details-phases.html"
VARIABLES = f"{GUIDE}, Environment variables in build environments: {PAGES}build-env-ref-env-vars.html"
VPC = f"{GUIDE}, Use CodeBuild with Amazon VPC: {PAGES}vpc-support.html"
PROJECT = f"AWS CodeBuild API, CreateProject: {DOCS}APIReference/API_CreateProject.html"
TROUBLE = f"{GUIDE}, Troubleshooting AWS CodeBuild: {PAGES}troubleshooting.html"

BAD_PROJECT = rule("project.invalid", "A project whose settings contradict each other is refused.", PROJECT,
                   "cache-kinds", "timeouts")  # fmt: skip
SPEC_OK = rule("buildspec.valid", "The buildspec is read when the source has been downloaded.", SPEC, "08")
SPEC_BAD = rule("buildspec.invalid", "A buildspec that cannot be read fails the build in DOWNLOAD_SOURCE.", TROUBLE,
                "buildspec-errors")  # fmt: skip
VERSION_1 = rule("version.0-1", "Version 0.1 runs each command in a shell of its own.", SPEC, "versions")
VERSION_2 = rule("version.0-2", "Version 0.2 runs all commands in the same shell.", SPEC, "versions")

DEFINE = rule("env.defined", "A variable has the value of the strongest place that defines it: start-build, then the "
              "project, then the buildspec.", SPEC, "precedence")  # fmt: skip
WITHIN = rule("env.sections", "In one buildspec secrets-manager wins over parameter-store, and that over variables.",
              "AWS does not say which section of one buildspec wins.", "precedence", assumption=True)  # fmt: skip
RESERVED = rule("env.reserved", "Names that begin with CODEBUILD_ are CodeBuild's own.", VARIABLES, "variables")
LOOKUP = rule("env.lookup", "Parameters and secrets are fetched before any command runs.", SPEC, "09")
NOT_FOUND = rule("env.not-found", "A parameter or secret that is not there fails the build in DOWNLOAD_SOURCE.",
                 TROUBLE, "09")  # fmt: skip
PRESUMED = rule("env.presumed", "Without a list of parameters, or of secrets, each one is taken as present, its value "
                "as unknown.", "A buildspec does not say what is in Parameter Store or Secrets Manager.", "09",
                assumption=True)  # fmt: skip
SECRET_TWICE = rule("env.secret-duplicate", "Of a key that a secret's JSON has twice the last one counts.",
                    "AWS does not say what CodeBuild does with a duplicate key.", "09", assumption=True)  # fmt: skip
EXPORT = rule("env.exported", "exported-variables hands values to later actions of a pipeline.", SPEC, "exported")
NO_EXPORT = rule("env.not-exported", "AWS_ variables and the project's parameters and secrets are not exported.", SPEC,
                 "exported")  # fmt: skip

ENTER = rule("phase.start", "The phases run in a fixed order.", PHASES, "phases")
ABSENT = rule("phase.absent", "A phase that the buildspec leaves out succeeds at once.", PHASES, "phases")
COMMAND = rule("command.ok", "Commands of a phase run one after the other, in the order of the file.", SPEC, "phases")
LAST_PART = rule("command.last-part", "Only the exit code of the whole entry counts: of its last command.", SPEC,
                 "exit-codes")  # fmt: skip
FAILING = rule("command.failed", "A command with an exit code other than 0 ends the commands of its phase.", SPEC,
               "phases")  # fmt: skip
STATE = rule("shell.state", "A directory or variable set by a command stays for the next one in the same shell.", SPEC,
             "versions")  # fmt: skip
LOST = rule("shell.lost", "With version 0.1 what a command has set ends with its shell.", SPEC, "versions")
UNKNOWN = rule("shell.unknown", "What a program would print or change is not known: nothing is executed here.",
               "AWS runs the command; dva does not.", "versions", assumption=True)  # fmt: skip
FINALLY = rule("phase.finally", "finally runs after the commands of its phase, even when one has failed.", SPEC,
               "finally")  # fmt: skip
ONLY_FINALLY = rule("phase.only-finally", "A phase may have finally without commands, though the guide calls commands "
                    "required in all phases but install.",
                    "Buildspecs in use have a post_build with finally alone: https://github.com/helious/slack-codebuild",
                    "finally")  # fmt: skip
PHASE_OK = rule("phase.succeeded", "A phase succeeds when its commands and its finally have.", PHASES, "phases")
PHASE_BAD = rule("phase.failed", "INSTALL or PRE_BUILD failing ends the build; after BUILD, POST_BUILD still runs.",
                 PHASES, "transitions")  # fmt: skip
ABORT = rule("on-failure.abort", "on-failure ABORT ends the build: POST_BUILD and UPLOAD_ARTIFACTS do not run.", SPEC,
             "on-failure")  # fmt: skip
CONTINUE = rule("on-failure.continue", "on-failure CONTINUE goes on to the next phase; the build counts as FAILED.",
                "AWS does not say how a build ends whose failing phase says CONTINUE.", "on-failure",
                assumption=True)  # fmt: skip
RETRY = rule("on-failure.retry", "on-failure RETRY starts the whole build anew, 3 times or as often as it says.", SPEC,
             "on-failure")  # fmt: skip
IGNORED = rule("on-failure.ignored", "on-failure works with EC2 compute, not with Lambda compute or fleets.",
               SPEC, "on-failure")  # fmt: skip
TIMEOUT = rule("timeout", "A build that takes longer than its timeout is TIMED_OUT, and nothing follows.",
               "AWS does not say which phases follow a timeout.", "timeouts", assumption=True)  # fmt: skip

UPLOAD = rule("artifacts.uploaded", "A file is part of the artifact where a pattern of files fits its path.", SPEC,
              "artifact-patterns")  # fmt: skip
EXCLUDED = rule("artifacts.excluded", "exclude-paths takes files out again.", SPEC, "artifact-patterns")
ONLY_SECONDARY = rule("artifacts.only-secondary", "Where secondary-artifacts are given, the primary artifact and its "
                      "files may be left out, though the guide calls files required.",
                      "CDK Pipelines and aws-delivlib render no primary artifact for several outputs; only the agent "
                      "for local builds refuses: https://github.com/aws/aws-codebuild-docker-images/issues/128",
                      "15")  # fmt: skip
NO_ARTIFACT = rule("artifacts.none", "Without an artifacts section, or with NO_ARTIFACTS, there is nothing to upload.",
                   SPEC, "18")  # fmt: skip
NO_MATCH = rule("artifacts.no-match", "Where no file fits, UPLOAD_ARTIFACTS fails and the build with it.", TROUBLE,
                "artifact-patterns")  # fmt: skip
PRESENT = rule("artifacts.presumed", "Without a list of files the artifacts are taken as present.",
               "dva is not told which files the build leaves.", "artifact-patterns", assumption=True)  # fmt: skip
NO_UPLOAD = rule("artifacts.not-attempted", "After a failed INSTALL or PRE_BUILD nothing is uploaded.",
                 "AWS's pages and users disagree on whether UPLOAD_ARTIFACTS appears then.", "transitions",
                 assumption=True)  # fmt: skip
STATUS = rule("build.status", "A build has succeeded when all its phases have.", PHASES, "transitions")

OUTSIDE = rule("network.outside", "Without vpcConfig a build reaches the internet, and nothing private in a VPC.", VPC,
               "32")  # fmt: skip
INSIDE = rule("network.vpc", "With vpcConfig a build has network interfaces in the subnets of that VPC.", VPC, "33")
ROUTE = rule("network.route", "From a VPC a build reaches the internet through a NAT only: it has no public address.",
             VPC, "vpc-internet")  # fmt: skip
