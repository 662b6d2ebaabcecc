"""What people believe about worker environments instead."""

from dva.simulations.beanstalk.beanstalk_worker import engine
from dva.simulations.beanstalk.beanstalk_worker.rules import MAX_VISIBILITY, belief

belief(engine.acknowledges, "every-2xx-deletes", "any 2xx answer acknowledges the message",
       "Only 200 OK makes the daemon delete it; 202 or 204 count as errors.",
       "daemon")(lambda status: 200 <= status < 300)  # fmt: skip
belief(engine.after_error, "errors-wait-for-visibility", "a failed message comes back when the visibility timeout ends",
       "After an error answer ErrorVisibilityTimeout counts, two seconds by default.",
       "error-visibility")(engine.visibility)  # fmt: skip
belief(engine.after_silence, "silence-waits-for-visibility", "without an answer the visibility timeout decides",
       "The daemon gives up after InactivityTimeout (299 s by default), a second before VisibilityTimeout (300 s).",
       "inactivity-timeout")(engine.visibility)  # fmt: skip
belief(
    engine.visibility, "queue-visibility-counts", "the queue's own visibility timeout counts",
    "The environment's VisibilityTimeout goes before the queue's.", "visibility-timeout",
)(lambda daemon: daemon.visibility if daemon.queue_visibility is None else daemon.queue_visibility)  # fmt: skip
belief(engine.visibility, "long-work-is-waited-for", "a message stays invisible as long as it is worked on",
       "It is visible again after VisibilityTimeout, whether the work is done or not.",
       "visibility-timeout")(lambda daemon: MAX_VISIBILITY)  # fmt: skip
belief(engine.max_deliveries, "retries-come-on-top", "MaxRetries counts the deliveries after the first",
       "It is SQS's maxReceiveCount: the first delivery counts too.",
       "dead-letter")(lambda daemon: daemon.max_receives if daemon.existing else daemon.max_retries + 1)  # fmt: skip
belief(
    engine.max_deliveries, "max-retries-on-every-queue", "MaxRetries limits the deliveries of any queue",
    "On a queue of your own only its RedrivePolicy does.", "dead-letter",
)(lambda daemon: daemon.max_retries)  # fmt: skip
belief(engine.in_header, "binary-attributes-too", "every message attribute becomes a header",
       "Those of type String and Number do; binary ones are dropped.", "headers")(lambda data_type: True)  # fmt: skip
belief(engine.takes_tasks, "fifo-takes-tasks", "cron.yaml works with any queue",
       "Periodic tasks are not supported with a FIFO queue.", "periodic-tasks")(lambda daemon: True)  # fmt: skip
belief(engine.enqueued_by, "every-instance-enqueues", "cron.yaml runs on every instance, as crontab would",
       "Only the elected leader enqueues the message, and one instance, any of them, processes it.",
       "periodic-tasks")(lambda: "every instance")  # fmt: skip
