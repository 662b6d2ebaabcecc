"""Concurrency of AWS Lambda: how many requests of a burst run, start cold or are throttled?

In AWS's order: reservations and provisioned concurrency are taken out of the account's concurrency; a request takes a
provisioned environment, else a warm one, else a new one; what exceeds the reserved or unreserved concurrency, the rate
of new environments or the requests per second is throttled. (AWS Lambda Developer Guide, "Understanding Lambda function
scaling" and "Lambda scaling behavior".)
"""

from dva.simulations.aws_lambda.lambda_concurrency import beliefs as beliefs
from dva.simulations.aws_lambda.lambda_concurrency.documents import Answered, Given
from dva.simulations.aws_lambda.lambda_concurrency.engine import initial_state, respond
from dva.simulations.aws_lambda.lambda_concurrency.rules import concurrency

SIMULATION = concurrency.simulation(title="Concurrency of AWS Lambda", view="timeline", unit="s", given=Given,
                                    outcome=Answered, run=respond, initial_state=initial_state)  # fmt: skip
