"""Rules of an Amazon SQS event source, in AWS's order, and its documented numbers."""

from dva.aws.service_model import ALL, Request
from dva.simulations.frame import Mechanism

polling = Mechanism("lambda-sqs", rules="lambda.sqs", notes="lambda-sqs")
rule, belief = polling.rule, polling.belief

# Rules, in AWS's order

BOOK, GUIDE = "AWS Lambda Developer Guide", "https://docs.aws.amazon.com/lambda/latest/dg"
CONFIGURE = f"{BOOK}, Creating and configuring an Amazon SQS event source mapping: {GUIDE}/services-sqs-configure.html"
PARAMETERS = f"{BOOK}, Lambda parameters for Amazon SQS event source mappings: {GUIDE}/services-sqs-parameters.html"
SCALING = f"{BOOK}, Configuring scaling behavior for SQS event source mappings: {GUIDE}/services-sqs-scaling.html"
ERRORS = f"{BOOK}, Handling errors for an SQS event source: {GUIDE}/services-sqs-errorhandling.html"
BATCHING = f"{BOOK}, Batching behavior: {GUIDE}/invocation-eventsourcemapping.html"

REQUESTS = polling.requests({"/mapping": Request("lambda", "CreateEventSourceMapping", optional=ALL)})
SIZE = rule("batch-size", "A batch has at most 10,000 messages of a standard queue, 10 of a FIFO queue; more than 10 "
            "need a batching window, which a FIFO queue does not have.", PARAMETERS, "03")  # fmt: skip
TIMEOUT = rule("timeout", "The visibility timeout of the queue must not be shorter than the timeout of the function.",
               CONFIGURE, "08")  # fmt: skip
ADVICE = rule("advice", "AWS recommends a visibility timeout of six times the function's timeout plus the batching "
              "window, and a maxReceiveCount of at least 5.", CONFIGURE, "08")  # fmt: skip
POLL = rule("poll", "Lambda polls the queue and invokes the function synchronously with a batch.", SCALING, "01")
WINDOW = rule("window", "A batch that is not full waits until the batching window has passed since its first message.",
              BATCHING, "03")  # fmt: skip
SCALE = rule("scale", "Lambda starts with five concurrent batches and adds up to 300 a minute, to at most 1,250; "
             "MaximumConcurrency lowers that.", SCALING, "12")  # fmt: skip
FIFO = rule("fifo", "Messages of one message group are processed in order: a message that failed holds up its group, "
            "and no other.", SCALING, "14")  # fmt: skip
OK = rule("success", "Lambda deletes the messages of a batch that the function processed without an error.", ERRORS,
          "05")  # fmt: skip
PARTIAL = rule("partial", "With ReportBatchItemFailures only the messages that the function reports return to the "
               "queue.", ERRORS, "06")  # fmt: skip
FAILURE = rule("failure", "After an error every message of the batch returns to the queue, also those that were "
               "processed.", ERRORS, "05")  # fmt: skip
VISIBLE = rule("visible", "A message is visible again when the visibility timeout has passed since it was received.",
               CONFIGURE, "05")  # fmt: skip
REDRIVE = rule("redrive", "A message that was received maxReceiveCount times moves to the dead-letter queue that the "
               "redrive policy of the source queue names.", CONFIGURE, "10")  # fmt: skip
DONE = rule("done", "Messages that are neither deleted nor moved stay in the queue and are received again.", ERRORS,
            "05", "10")  # fmt: skip

# Documented numbers (PARAMETERS, SCALING, CONFIGURE)

BATCH_SIZE = 10
MAX_FIFO_BATCH = 10
MAX_BATCH_AT_ONCE = 10
"""Messages of a batch without a batching window."""
FIRST_BATCHES, MORE_A_MINUTE, MAX_BATCHES = 5, 300, 1250
"""Concurrent batches at first, added each minute, and at most."""
TIMEOUT_FACTOR, MIN_RECEIVES = 6, 5
"""What AWS recommends."""
FUNCTION_TIMEOUT, VISIBILITY_TIMEOUT = 3, 30
"""Defaults, in seconds."""
INVALID = "InvalidParameterValueException"
REPORT = "ReportBatchItemFailures"
