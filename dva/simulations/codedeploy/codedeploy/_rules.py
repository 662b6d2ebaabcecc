"""What CodeDeploy decides for a deployment, in its order."""

from dva.simulations._before import Rule

GUIDE = "AWS CodeDeploy User Guide, "
URL = "https://docs.aws.amazon.com/codedeploy/latest/userguide/"
API = "https://docs.aws.amazon.com/codedeploy/latest/APIReference/"
CODE = "https://github.com/aws/aws-codedeploy-agent"
HEALTH = f"{GUIDE}Instance health: {URL}instances-health.html"
CONFIGURATIONS = f"{GUIDE}Working with deployment configurations: {URL}deployment-configurations.html"
MINIMUM = f"AWS CodeDeploy API, MinimumHealthyHosts: {API}API_MinimumHealthyHosts.html"
ZONAL = f"AWS CodeDeploy API, ZonalConfig: {API}API_ZonalConfig.html"
HOOKS = f"{GUIDE}AppSpec 'hooks' section: {URL}reference-appspec-file-structure-hooks.html"
TAGS = f"{GUIDE}Tagging instances for deployment groups: {URL}instances-tagging.html"
REDEPLOY = f"{GUIDE}Redeploy and roll back a deployment: {URL}deployments-rollback-and-redeploy.html"
STYLE = f"AWS CodeDeploy API, CreateDeploymentGroup: {API}API_CreateDeploymentGroup.html"
CREATE = f"AWS CodeDeploy API, CreateDeployment: {API}API_CreateDeployment.html"
ERRORS = f"AWS CodeDeploy API, ErrorInformation: {API}API_ErrorInformation.html"
EXECUTOR = f"CodeDeploy agent 1.8.1, hook_executor.rb and command_executor.rb: {CODE}"
GREEN = f"AWS CodeDeploy API, BlueGreenDeploymentConfiguration: {API}API_BlueGreenDeploymentConfiguration.html"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"codedeploy.deployment.{name}", says, source, tuple(f"codedeploy.{n}" for n in notes), convention)


REQUEST = _rule("request", "CodeDeploy refuses what it cannot read or what the platform does not have.", CREATE, "25")
STYLE_REFUSED = _rule("style", "Blue/green needs a load balancer and EC2: on-premises instances are updated in place.",
                      STYLE, "33")  # fmt: skip
TAG_LIMITS = _rule("tag-limits", "A deployment group has at most 3 tag groups of at most 10 tags.", TAGS, "06")
SELECT = _rule("tags", "An instance belongs to the group when every tag group has a tag of it: OR inside, AND between.",
               TAGS, "06")  # fmt: skip
ALL_SELECTED = _rule("all-selected", "Without tag groups the given instances are the deployment group.", TAGS, "34")
NOBODY = _rule("no-instances", "A deployment group that selects no instance fails (NO_INSTANCES).", ERRORS, "06")
EVENTS = _rule("events", "Platform, deployment type and load balancer decide which lifecycle events there are.", HOOKS,
               "13")  # fmt: skip
LISTENER = _rule("test-listener", "Without a test listener an ECS deployment has no test traffic.", HOOKS,
                 "service-appspec", convention=True)  # fmt: skip
OWNERS = _rule("owners", "Stop events run scripts of the revision installed last, all others those of the new one.",
               EXECUTOR, "14")  # fmt: skip
ROLLBACK_OWNERS = _rule("rollback-owners", "A blue/green rollback blocks with scripts of the revision downloaded "
                        "last and allows with those of the one installed last.", EXECUTOR, "14")  # fmt: skip
ONE = _rule("one-at-a-time", "OneAtATime keeps all instances but one healthy; a single instance may go.",
            CONFIGURATIONS, "22")  # fmt: skip
HALF = _rule("half-at-a-time", "HalfAtATime keeps half of the instances healthy, rounded up.", CONFIGURATIONS, "23")
ALL = _rule("all-at-once", "AllAtOnce keeps no instance back; one success is enough.", CONFIGURATIONS, "24")
COUNT = _rule("host-count", "HOST_COUNT keeps that many instances healthy.", MINIMUM, "25")
PERCENT = _rule("fleet-percent", "FLEET_PERCENT keeps that share of the instances healthy, rounded up.", MINIMUM, "25")
INVALID = _rule("minimum-too-high", "A minimum that is not below the number of instances fails the deployment at once.",
                HEALTH, "health-constraints")  # fmt: skip
ZONE = _rule("zone", "With a zonal configuration one Availability Zone follows the other, each with its own minimum.",
             ZONAL, "zonal")  # fmt: skip
WAIT = _rule("zone-wait", "After a zone CodeDeploy watches for the configured seconds.", ZONAL, "zonal")
WAVE = _rule("wave", "Unhealthy instances go first, then unknown, old and current revisions; as many at once as the "
             "minimum leaves room for.", HEALTH, "30", "waves", convention=True)  # fmt: skip
DONE = _rule("instance-succeeded", "An instance whose events all succeed is Healthy.", HEALTH, "29")
NO_STOP = _rule("first-deployment", "Nothing was installed before: the stop events have no script.", HOOKS, "14")
FAILED = _rule("instance-failed", "The first event that fails ends the instance's deployment; it is Unhealthy.", HEALTH,
               "29")  # fmt: skip
STOPPED_INSTANCE = _rule("instance-stopped", "A stopped instance is attempted and counts as failed.", HEALTH, "29")
IGNORED = _rule("stop-failure-ignored", "ignoreApplicationStopFailures lets a deployment go on after its stop scripts "
                "fail.", CREATE, "ignore-stop")  # fmt: skip
LIMIT = _rule("limit", "When one more failure could go below the minimum, the deployment stops; the rest is not "
              "attempted.", HEALTH, "health-constraints")  # fmt: skip
ENOUGH = _rule("enough", "It succeeds with at least one success and no fewer healthy instances than the minimum.",
               HEALTH, "last-may-fail")  # fmt: skip
NOT_ENOUGH = _rule("not-enough", "Without a success, or with fewer healthy instances than the minimum, it fails.",
                   HEALTH, "24")  # fmt: skip
ALARM = _rule("alarm", "An alarm of the group that goes off stops the deployment.", ERRORS, "31", convention=True)
REQUESTED = _rule("stop-request", "StopDeployment ends it after what is under way.",
                  f"AWS CodeDeploy API, StopDeployment: {API}API_StopDeployment.html", "31")  # fmt: skip
READY = _rule("ready", "STOP_DEPLOYMENT: traffic moves only when somebody continues; otherwise it is Stopped.", GREEN,
              "28")  # fmt: skip
ORIGINALS = _rule("originals", "When the replacement serves, the original instances are deregistered, then terminated "
                  "or kept.", GREEN, "28")  # fmt: skip
ORIGINAL_FAILED = _rule("original-failed", "One original instance that is not deregistered fails the deployment.",
                        HEALTH, "28")  # fmt: skip
FUNCTION = _rule("hook", "Lambda and ECS deployments call a function for each hook.", HOOKS, "service-appspec")
HOOK_FAILED = _rule("hook-failed", "A hook function that reports Failed, or nothing for an hour, fails the deployment.",
                    HOOKS, "service-appspec")  # fmt: skip
SHIFTED = _rule("shifted", "When all traffic has moved and the last hook succeeded, the deployment has succeeded.",
                HOOKS, "28")  # fmt: skip
ROLLBACK = _rule("rollback", "A rollback is a new deployment of the last revision that was deployed successfully.",
                 REDEPLOY, "31")  # fmt: skip
STOP_SCRIPTS = _rule("rollback-stops", "In the rollback each instance stops with the scripts that its last Install "
                     "brought.", EXECUTOR, "last-successful")  # fmt: skip
NO_ROLLBACK = _rule("no-rollback", "Without a matching event, or a successful revision to return to, nothing is rolled "
                    "back.", REDEPLOY, "31")  # fmt: skip
TOO_EARLY = _rule("no-rollback-yet", "ECS BeforeInstall comes before the new task set: there is nothing to roll back.",
                  HOOKS, "service-appspec")  # fmt: skip

RULES = (
    REQUEST, STYLE_REFUSED, TAG_LIMITS, SELECT, ALL_SELECTED, NOBODY, EVENTS, LISTENER, OWNERS, ROLLBACK_OWNERS, ONE,
    HALF, ALL, COUNT, PERCENT, INVALID, ZONE, WAIT, WAVE, DONE, NO_STOP, FAILED, STOPPED_INSTANCE, IGNORED, LIMIT,
    ENOUGH, NOT_ENOUGH, ALARM, REQUESTED, READY, ORIGINALS, ORIGINAL_FAILED, FUNCTION, HOOK_FAILED, SHIFTED, ROLLBACK,
    STOP_SCRIPTS, NO_ROLLBACK, TOO_EARLY,
)  # fmt: skip
