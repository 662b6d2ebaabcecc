"""What people believe about Lambda's concurrency."""

from dva.simulations.aws_lambda.lambda_concurrency.engine import (
    free_of_reserved,
    refilled,
    scaling,
    spills_over,
    status_codes,
    warm_at_first,
)
from dva.simulations.aws_lambda.lambda_concurrency.rules import belief

belief(warm_at_first, "reserved-is-warm", "reserved concurrency keeps environments warm",
       "It is a share and a cap. Provisioned concurrency initializes environments in advance.",
       "09")(lambda reserved: reserved or 0)  # fmt: skip

belief(free_of_reserved, "reserved-can-borrow", "a function may exceed its reserved concurrency while others are idle",
       "Reserved concurrency is also the upper limit of the function.",
       "05")(lambda reserved, in_flight, unreserved_free: max(0, reserved - in_flight) + unreserved_free)  # fmt: skip

belief(spills_over, "provisioned-is-a-cap", "requests beyond the provisioned concurrency are throttled",
       "They run on demand, with a cold start, within the reserved or unreserved concurrency.",
       "11")(lambda: False)  # fmt: skip

belief(scaling, "burst-3000", "a function gets 3,000 environments at once and then 500 a minute",
       "That was the rule until November 2023. Now it is 1,000 every 10 seconds for each function.",
       "13")(lambda rate: (3000, 500 / 60))  # fmt: skip

belief(refilled, "unused-rate-adds-up", "new environments that a function did not need are saved for a later burst",
       "After any quiet time it gets 1,000 at once, no more.",
       "14")(lambda left, most, a_second, seconds: left + a_second * seconds)  # fmt: skip


@belief(status_codes, "events-get-429", "the caller of a throttled asynchronous request gets 429",
        "The caller always gets 202; Lambda tries throttled events again from its queue.", "16")  # fmt: skip
def throttled_events(kind: str, handled: int, throttled: int) -> dict[str, int]:
    codes = {"202" if kind == "Event" else "200": handled, "429": throttled}
    return {code: count for code, count in codes.items() if count}
