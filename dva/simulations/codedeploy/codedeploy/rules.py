"""The rules of a deployment, in the order in which CodeDeploy applies them."""

from dva.simulations.frame import Mechanism

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

mechanism = Mechanism("codedeploy", rules="codedeploy.deployment", notes="codedeploy")
rule, belief = mechanism.rule, mechanism.belief

REQUEST = rule("request", "CodeDeploy refuses what it cannot read or what the platform does not have.", CREATE, "25")
STYLE_REFUSED = rule("style", "Blue/green needs a load balancer and EC2: on-premises instances are updated in place.",
                     STYLE, "33")  # fmt: skip
TAG_LIMITS = rule("tag-limits", "A deployment group has at most 3 tag groups of at most 10 tags.", TAGS, "06")
SELECT = rule("tags", "An instance belongs to the group when every tag group has a tag of it: OR inside, AND between.",
              TAGS, "06")  # fmt: skip
ALL_SELECTED = rule("all-selected", "Without tag groups the given instances are the deployment group.", TAGS, "34")
NOBODY = rule("no-instances", "A deployment group that selects no instance fails (NO_INSTANCES).", ERRORS, "06")
EVENTS = rule("events", "Platform, deployment type and load balancer decide which lifecycle events there are.", HOOKS,
              "13")  # fmt: skip
LISTENER = rule("test-listener", "Without a test listener an ECS deployment has no test traffic.", HOOKS,
                "service-appspec", assumption=True)  # fmt: skip
OWNERS = rule("owners", "Stop events run scripts of the revision installed last, all others those of the new one.",
              EXECUTOR, "14")  # fmt: skip
ROLLBACK_OWNERS = rule("rollback-owners", "A blue/green rollback blocks with scripts of the revision downloaded "
                       "last and allows with those of the one installed last.", EXECUTOR, "14")  # fmt: skip
ONE = rule("one-at-a-time", "OneAtATime keeps all instances but one healthy; a single instance may go.",
           CONFIGURATIONS, "22")  # fmt: skip
HALF = rule("half-at-a-time", "HalfAtATime keeps half of the instances healthy, rounded up.", CONFIGURATIONS, "23")
ALL = rule("all-at-once", "AllAtOnce keeps no instance back; one success is enough.", CONFIGURATIONS, "24")
COUNT = rule("host-count", "HOST_COUNT keeps that many instances healthy.", MINIMUM, "25")
PERCENT = rule("fleet-percent", "FLEET_PERCENT keeps that share of the instances healthy, rounded up.", MINIMUM, "25")
INVALID = rule("minimum-too-high", "A minimum that is not below the number of instances fails the deployment at once.",
               HEALTH, "health-constraints")  # fmt: skip
ZONE = rule("zone", "With a zonal configuration one Availability Zone follows the other, each with its own minimum.",
            ZONAL, "zonal")  # fmt: skip
WAIT = rule("zone-wait", "After a zone CodeDeploy watches for the configured seconds.", ZONAL, "zonal")
WAVE = rule("wave", "Unhealthy instances go first, then unknown, old and current revisions; as many at once as the "
            "minimum leaves room for.", HEALTH, "30", "waves", assumption=True)  # fmt: skip
DONE = rule("instance-succeeded", "An instance whose events all succeed is Healthy.", HEALTH, "29")
NO_STOP = rule("first-deployment", "Nothing was installed before: the stop events have no script.", HOOKS, "14")
FAILED = rule("instance-failed", "The first event that fails ends the instance's deployment; it is Unhealthy.", HEALTH,
              "29")  # fmt: skip
STOPPED_INSTANCE = rule("instance-stopped", "A stopped instance is attempted and counts as failed.", HEALTH, "29")
IGNORED = rule("stop-failure-ignored", "ignoreApplicationStopFailures lets a deployment go on after its stop scripts "
               "fail.", CREATE, "ignore-stop")  # fmt: skip
LIMIT = rule("limit", "When one more failure could go below the minimum, the deployment stops; the rest is not "
             "attempted.", HEALTH, "health-constraints")  # fmt: skip
ENOUGH = rule("enough", "It succeeds with at least one success and no fewer healthy instances than the minimum.",
              HEALTH, "last-may-fail")  # fmt: skip
NOT_ENOUGH = rule("not-enough", "Without a success, or with fewer healthy instances than the minimum, it fails.",
                  HEALTH, "24")  # fmt: skip
ALARM = rule("alarm", "An alarm of the group that goes off stops the deployment.", ERRORS, "31", assumption=True)
REQUESTED = rule("stop-request", "StopDeployment ends it after what is under way.",
                 f"AWS CodeDeploy API, StopDeployment: {API}API_StopDeployment.html", "31")  # fmt: skip
READY = rule("ready", "STOP_DEPLOYMENT: traffic moves only when somebody continues; otherwise it is Stopped.", GREEN,
             "28")  # fmt: skip
ORIGINALS = rule("originals", "When the replacement serves, the original instances are deregistered, then terminated "
                 "or kept.", GREEN, "28")  # fmt: skip
ORIGINAL_FAILED = rule("original-failed", "One original instance that is not deregistered fails the deployment.",
                       HEALTH, "28")  # fmt: skip
FUNCTION = rule("hook", "Lambda and ECS deployments call a function for each hook.", HOOKS, "service-appspec")
HOOK_FAILED = rule("hook-failed", "A hook function that reports Failed, or nothing for an hour, fails the deployment.",
                   HOOKS, "service-appspec")  # fmt: skip
SHIFTED = rule("shifted", "When all traffic has moved and the last hook succeeded, the deployment has succeeded.",
               HOOKS, "28")  # fmt: skip
ROLLBACK = rule("rollback", "A rollback is a new deployment of the last revision that was deployed successfully.",
                REDEPLOY, "31")  # fmt: skip
STOP_SCRIPTS = rule("rollback-stops", "In the rollback each instance stops with the scripts that its last Install "
                    "brought.", EXECUTOR, "last-successful")  # fmt: skip
NO_ROLLBACK = rule("no-rollback", "Without a matching event, or a successful revision to return to, nothing is rolled "
                   "back.", REDEPLOY, "31")  # fmt: skip
TOO_EARLY = rule("no-rollback-yet", "ECS BeforeInstall comes before the new task set: there is nothing to roll back.",
                 HOOKS, "service-appspec")  # fmt: skip
