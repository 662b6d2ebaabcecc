"""What the SDK does when a call fails: does it try again, after how long, and does its quota allow it?

One API call through botocore's retry handlers, which boto3 and the AWS CLI use. After each response:

    1. Is it an error of a kind that may be repeated?   throttling, transient, modelled; no other 4xx
    2. Is an attempt left?                              max attempts counts the first one
    3. Does the retry quota pay for it?                 standard mode: a bucket of 500 tokens per client
    4. Wait: random x min(base x 2^(retry - 1), 20 s)   legacy: random x 2^(retry - 1), no cap

`defaults` says whose numbers: those up to November 2026 (`pre-2026`), or those since botocore 1.44 (`2026`).
"""

from dva.simulations.sdk.retries import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.sdk.retries.documents import CallResult, Given
from dva.simulations.sdk.retries.engine import initial_state, make_call
from dva.simulations.sdk.retries.rules import retries

SIMULATION = retries.simulation(title="Retries of the SDK", view="timeline", unit="s", given=Given, outcome=CallResult,
                                run=make_call, initial_state=initial_state)  # fmt: skip
