"""The rules of blue/green deployments with Elastic Beanstalk, in AWS's order."""

from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-bluegreen", rules="beanstalk.bluegreen", notes="elastic-beanstalk-deployment")
rule = mechanism.rule

GUIDE = "AWS Elastic Beanstalk Developer Guide, "
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
SWAPPING = f"{GUIDE}Blue/Green deployments with Elastic Beanstalk: {URL}using-features.CNAMESwap.html"
CLONING = f"{GUIDE}Cloning an environment: {URL}using-features.managing.clone.html"
WEIGHTS = "Amazon Route 53 Developer Guide, Weighted routing: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html"
API = "AWS Elastic Beanstalk API, CreateEnvironment: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_CreateEnvironment.html"
TERMINATING = f"{GUIDE}Terminate an Elastic Beanstalk environment: {URL}using-features.terminating.html"

BEGIN = rule("begin", "The first environment listed answers the production name.",
             "dva's reading of the list; AWS has no such input", "13", assumption=True)  # fmt: skip
CREATE = rule("create", "The second environment is cloned or created; it runs, and costs, beside the first.", CLONING,
              "13")  # fmt: skip
TAKEN = rule("taken", "Names of environments and their CNAMEs are unique.", API, "13")
DEPLOY = rule("deploy", "The new version is deployed to the environment that is not in production.", SWAPPING, "13")
TEST = rule("test", "The new version is tested under its environment's own name.", SWAPPING, "14")
EMPTY = rule("empty", "An environment without a deployed version is not swapped into production.", SWAPPING, "16")
SWAP = rule("swap", "The two environments exchange their CNAMEs; versions and instances stay where they are.", SWAPPING,
            "16")  # fmt: skip
WAIT = rule("wait", "Resolvers keep the old record until it expires, some of them longer than its TTL.", SWAPPING,
            "dns-wait")  # fmt: skip
TOO_SOON = rule("tooSoon", "The old environment must stay until the old DNS records have expired.", SWAPPING,
                "dns-wait")  # fmt: skip
PRODUCTION = rule("production", "Terminating the environment behind the production name takes production down.",
                  TERMINATING, "16")  # fmt: skip
DATABASE = rule("database", "A database inside the environment goes with it; blue/green needs it outside.", SWAPPING,
                "database-outside")  # fmt: skip
TERMINATE = rule("terminate", "A terminated environment gives up its instances and its CNAME.", TERMINATING, "16",
                 "dns-wait")  # fmt: skip
SHARES = rule("shares", "Weighted records send each environment its weight divided by the sum of the weights.", WEIGHTS,
              "15")  # fmt: skip
UNKNOWN = rule("missing", "A step needs its environments to exist.", SWAPPING, "13")
DONE = rule("done", "At the end the production name answers with the version of the environment it points at.",
            SWAPPING, "12", "16")  # fmt: skip

# Documented numbers

MAX_WEIGHT = 255
"""Of a weighted record (WEIGHTS)."""
