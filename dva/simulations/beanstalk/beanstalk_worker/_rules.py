"""The rules of a worker environment's daemon."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
TIERS = (
    "AWS Elastic Beanstalk Developer Guide, Elastic Beanstalk worker environments: "
    f"{GUIDE}/using-features-managing-env-tiers.html"
)
OPTIONS = (
    "AWS Elastic Beanstalk Developer Guide, General options, aws:elasticbeanstalk:sqsd: "
    f"{GUIDE}/command-options-general.html#command-options-general-elasticbeanstalksqsd"
)
SQS = (
    "Amazon SQS Developer Guide, Using dead-letter queues: "
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
)

SETTINGS = Rule(
    "beanstalk.worker.settings",
    "The daemon takes its timeouts from aws:elasticbeanstalk:sqsd; VisibilityTimeout goes before the queue's own.",
    OPTIONS,
    ("beanstalk-worker.visibility-timeout",),
)
INVALID = Rule(
    "beanstalk.worker.invalid-option",
    "A value out of its range is refused; the environment keeps the value that it has.",
    OPTIONS,
    ("beanstalk-worker.settings",),
)
POST = Rule(
    "beanstalk.worker.post",
    "The daemon of some instance receives the message and posts its body to http://localhost on port 80.",
    TIERS,
    ("beanstalk-worker.daemon",),
)
HEADERS = Rule(
    "beanstalk.worker.headers",
    "Headers tell id, queue, receive count and the attributes that are strings or numbers; binary ones are dropped.",
    TIERS,
    ("beanstalk-worker.headers",),
)
DELETED = Rule(
    "beanstalk.worker.deleted",
    "200 OK, and nothing else, makes the daemon delete the message.",
    TIERS,
    ("beanstalk-worker.daemon",),
)
ERROR = Rule(
    "beanstalk.worker.error",
    "After any other answer the message is invisible for ErrorVisibilityTimeout, then it is received again.",
    TIERS,
    ("beanstalk-worker.error-visibility",),
)
SILENCE = Rule(
    "beanstalk.worker.no-answer",
    "Without an answer within InactivityTimeout the daemon gives up, and the message returns to the queue.",
    TIERS,
    ("beanstalk-worker.inactivity-timeout",),
)
VISIBLE = Rule(
    "beanstalk.worker.visible-again",
    "When VisibilityTimeout ends before the work does, the message is received a second time.",
    TIERS,
    ("beanstalk-worker.visibility-timeout",),
)
LATE = Rule(
    "beanstalk.worker.late-answer",
    "A late answer counts although the message was delivered again: 200 deletes it, an error changes nothing.",
    "Neither the worker page nor the SQS guide says what an answer that comes after the visibility timeout does.",
    ("beanstalk-worker.visibility-timeout",),
    assumption=True,
)
DEAD = Rule(
    "beanstalk.worker.dead-letter",
    "After MaxRetries deliveries (SQS: maxReceiveCount) the message goes to the dead-letter queue.",
    TIERS,
    ("beanstalk-worker.dead-letter",),
)
EXISTING = Rule(
    "beanstalk.worker.existing-queue",
    "On a queue of your own MaxRetries does not apply: its RedrivePolicy does, or nothing.",
    TIERS,
    ("beanstalk-worker.dead-letter",),
)
EXPIRED = Rule(
    "beanstalk.worker.expired",
    "A message is kept for RetentionPeriod, or for the queue's own period where that is shorter; then it is gone.",
    TIERS,
    ("beanstalk-worker.retention",),
)
MANY = Rule(
    "beanstalk.worker.many-posts",
    "A hundred posts are told one by one; what comes after them follows from the last one.",
    "How many posts are shown is a choice of this simulation; AWS sets no such limit.",
    assumption=True,
)
TASKS = Rule(
    "beanstalk.worker.tasks",
    "cron.yaml makes the leader enqueue a message for each task at its time (UTC); any instance may process it.",
    TIERS,
    ("beanstalk-worker.periodic-tasks",),
)
FIFO = Rule(
    "beanstalk.worker.fifo",
    "Periodic tasks do not work with a FIFO queue.",
    TIERS,
    ("beanstalk-worker.periodic-tasks",),
)
CRON = Rule(
    "beanstalk.worker.cron-file",
    "A cron.yaml that cannot be read keeps the daemon from starting: version 1, unique names, url, five fields.",
    "Validating Elastic Beanstalk worker tier cron schedules: "
    "https://nick.pearson.dev/posts/validating-elastic-beanstalk-cron-schedules",
    ("beanstalk-worker.cron-file",),
)

ALL = (
    SETTINGS, INVALID, POST, HEADERS, DELETED, ERROR, SILENCE, VISIBLE, LATE, DEAD, EXISTING, EXPIRED, MANY, TASKS,
    FIFO, CRON,
)  # fmt: skip
