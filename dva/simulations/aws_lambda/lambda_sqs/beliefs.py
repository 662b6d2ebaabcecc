"""What people believe about an Amazon SQS event source."""

from collections.abc import Collection

from dva.simulations.aws_lambda.lambda_sqs.engine import collected, held_up, is_moved, returned, visible_again
from dva.simulations.aws_lambda.lambda_sqs.rules import belief

ASYNCHRONOUS_ATTEMPTS = 3
"""Attempts after which an asynchronous event would be in the function's dead-letter queue."""


@belief(returned, "only-failed-return", "only the messages that failed return to the queue",
        "Without ReportBatchItemFailures Lambda knows only that the invocation failed, so the whole batch returns.",
        "05", "06")  # fmt: skip
def only_failed(batch: Collection[str], failed: Collection[str], *, reports: bool) -> list[str]:
    return [one for one in batch if one in failed]


@belief(is_moved, "lambda-dlq-catches-sqs", "the dead-letter queue of the function takes the messages that fail",
        "It is for asynchronous invocations; an event source mapping invokes synchronously. The queue needs a redrive "
        "policy of its own.", "10")  # fmt: skip
def by_the_function(receives: int, max_receives: int | None, function_dead_letters: str) -> bool:
    if function_dead_letters:
        return receives >= ASYNCHRONOUS_ATTEMPTS
    return is_moved(receives, max_receives, function_dead_letters)


belief(collected, "sqs-pushes", "Amazon SQS pushes each message to the function as it arrives",
       "Lambda polls the queue and collects messages into batches.", "01")(lambda size, window: (1, 0))  # fmt: skip

belief(visible_again, "retried-at-once", "Lambda retries a failed batch at once",
       "The messages are invisible until the visibility timeout of the queue has passed.",
       "05")(lambda received, ended, visibility: ended)  # fmt: skip

belief(visible_again, "timeout-from-failure", "the visibility timeout begins when the function fails",
       "It begins when the message is received.",
       "05")(lambda received, ended, visibility: ended + visibility)  # fmt: skip


@belief(held_up, "fifo-failure-stops-queue", "a failed message of a FIFO queue holds up the whole queue",
        "It holds up its own message group; other groups go on.", "14")  # fmt: skip
def whole_queue(group: str, failed: Collection[str]) -> bool:
    return bool(failed)
