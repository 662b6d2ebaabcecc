"""Rules of Lambda's concurrency, in AWS's order, and its documented numbers."""

from dva.simulations.frame import Mechanism

concurrency = Mechanism("lambda-concurrency", rules="lambda.concurrency", notes="lambda-concurrency")
rule, belief = concurrency.rule, concurrency.belief

# Rules, in AWS's order

BOOK, GUIDE = "AWS Lambda Developer Guide", "https://docs.aws.amazon.com/lambda/latest/dg"
PAGE = f"{BOOK}, Understanding Lambda function scaling: {GUIDE}/lambda-concurrency.html"
RESERVED_PAGE = f"{BOOK}, Configuring reserved concurrency for a function: {GUIDE}/configuration-concurrency.html"
PROVISIONED_PAGE = f"{BOOK}, Configuring provisioned concurrency for a function: {GUIDE}/provisioned-concurrency.html"
SCALING_PAGE = f"{BOOK}, Lambda scaling behavior: {GUIDE}/scaling-behavior.html"
ASYNC_PAGE = f"{BOOK}, Invoking a Lambda function asynchronously: {GUIDE}/invocation-async.html"
LIFECYCLE = f"{BOOK}, Understanding the Lambda execution environment lifecycle: {GUIDE}/lambda-runtime-environment.html"

POOLS = rule("pools", "Functions without a reservation share what reserved and provisioned concurrency leave of the "
             "account's concurrency; at least 100 must be left.", RESERVED_PAGE, "05", "07")  # fmt: skip
WITHIN = rule("within", "Provisioned concurrency must not be greater than the reserved concurrency of the function.",
              PROVISIONED_PAGE, "12")  # fmt: skip
IN_FLIGHT = rule("in-flight", "Concurrency is the number of requests in flight: an execution environment serves one "
                 "request at a time.", PAGE, "03")  # fmt: skip
PROVISIONED = rule("provisioned", "Provisioned environments are used first; they are initialized already.",
                   PROVISIONED_PAGE, "09")  # fmt: skip
WARM = rule("warm", "An environment whose request has ended is kept for a while and serves the next one without a cold "
            "start.", LIFECYCLE, "03")  # fmt: skip
COLD = rule("cold", "A new environment is initialized before it runs the function: a cold start, with or without "
            "reserved concurrency.", PAGE, "09")  # fmt: skip
SPILLOVER = rule("spillover", "Requests beyond the provisioned environments run on demand, within the reserved or the "
                 "unreserved concurrency.", PROVISIONED_PAGE, "11")  # fmt: skip
IDLE = rule("idle", "An environment that is idle for long is removed; AWS names no time, dva takes 300 seconds.",
            LIFECYCLE, "03", assumption=True)  # fmt: skip
RESERVED = rule("reserved", "A function with reserved concurrency runs at most that many requests at the same time; 0 "
                "stops it.", RESERVED_PAGE, "05")  # fmt: skip
UNRESERVED = rule("unreserved", "Functions without a reservation are throttled when they have used up the unreserved "
                  "concurrency together.", PAGE, "17")  # fmt: skip
SCALING = rule("scaling", "A function gets at most 1,000 new environments every 10 seconds; what it does not use does "
               "not add up.", SCALING_PAGE, "13", "14")  # fmt: skip
RATE = rule("rate", "Lambda accepts at most 10 synchronous requests a second for each unit of concurrency: of the "
            "reservation, else of the account.", PAGE, "15")  # fmt: skip
EVENTS = rule("events", "Asynchronous requests are always accepted with 202; those that are throttled wait in Lambda's "
              "queue.", ASYNC_PAGE, "16")  # fmt: skip
DONE = rule("done", "The peak is the most requests of a function that were in flight at the same moment.", PAGE, "03")

# Documented numbers (RESERVED_PAGE, SCALING_PAGE, PAGE)

ACCOUNT = 1000
"""Concurrency of an account in a Region by default."""
MIN_UNRESERVED = 100
NEW_ENVIRONMENTS, SECONDS = 1000, 10
"""New environments of a function, and in how many seconds."""
REQUESTS_A_UNIT = 10
"""Requests a second for each unit of concurrency."""
IDLE_SECONDS = 300
"""AWS names no number."""
INVALID = "InvalidParameterValueException"
