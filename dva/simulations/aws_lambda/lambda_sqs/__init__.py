"""Amazon SQS as an event source of AWS Lambda: in which batches do messages reach the function, and where do they end?

In AWS's order: the event source mapping is checked when it is created; Lambda polls the queue and collects a batch; it
invokes the function; what succeeded is deleted, what failed is visible again after the visibility timeout; a redrive
policy of the queue moves what was received too often. (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".)
"""

from dva.simulations.aws_lambda.lambda_sqs import beliefs as beliefs
from dva.simulations.aws_lambda.lambda_sqs.documents import Given, Processed
from dva.simulations.aws_lambda.lambda_sqs.engine import initial_state, process
from dva.simulations.aws_lambda.lambda_sqs.rules import REQUESTS, polling

SIMULATION = polling.simulation(title="Amazon SQS as an event source of AWS Lambda", view="lanes", unit="s",
                                given=Given, outcome=Processed, run=process, initial_state=initial_state,
                                requests=REQUESTS)  # fmt: skip
