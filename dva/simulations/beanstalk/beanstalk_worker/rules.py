"""The rules of a worker environment's daemon, and what AWS documents about queues, headers and cron.yaml."""

from dva.aws import cron
from dva.simulations.beanstalk._sources import guide
from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-worker", rules="beanstalk.worker", notes="beanstalk-worker")
rule, belief = mechanism.rule, mechanism.belief

TIERS = guide("Elastic Beanstalk worker environments", "using-features-managing-env-tiers.html")
OPTIONS = guide("General options, aws:elasticbeanstalk:sqsd",
                "command-options-general.html#command-options-general-elasticbeanstalksqsd")  # fmt: skip
CRON_CHECK = ("Validating Elastic Beanstalk worker tier cron schedules: "
              "https://nick.pearson.dev/posts/validating-elastic-beanstalk-cron-schedules")  # fmt: skip

NO_DAEMON = rule("web-tier", "Only a worker environment runs the daemon: in a web server environment nothing reads the "
                 "queue or cron.yaml, and the sqsd options do nothing.", TIERS, "daemon")  # fmt: skip
SETTINGS = rule("settings", "The daemon takes its timeouts from aws:elasticbeanstalk:sqsd; VisibilityTimeout goes "
                "before the queue's own.", OPTIONS, "visibility-timeout")  # fmt: skip
INVALID = rule("invalid-option", "A value out of its range is refused; the environment keeps the value that it has.",
               OPTIONS, "settings")  # fmt: skip
POST = rule("post",
            "The daemon of some instance receives the message and posts its body to http://localhost on port 80.",
            TIERS, "daemon")  # fmt: skip
HEADERS = rule("headers", "Headers tell id, queue, receive count and the attributes that are strings or numbers; "
               "binary ones are dropped.", TIERS, "headers")  # fmt: skip
DELETED = rule("deleted", "200 OK, and nothing else, makes the daemon delete the message.", TIERS, "daemon")
ERROR = rule("error",
             "After any other answer the message is invisible for ErrorVisibilityTimeout, then it is received again.",
             TIERS, "error-visibility")  # fmt: skip
NO_ANSWER = rule("no-answer", "Without an answer within InactivityTimeout the daemon gives up, and the message returns "
                 "to the queue.", TIERS, "inactivity-timeout")  # fmt: skip
VISIBLE = rule("visible-again",
               "When VisibilityTimeout ends before the work does, the message is received a second time.", TIERS,
               "visibility-timeout")  # fmt: skip
LATE = rule("late-answer", "A late answer counts although the message was delivered again: 200 deletes it, an error "
            "changes nothing.", "Neither the worker page nor the SQS guide says what an answer that comes after the "
            "visibility timeout does.", "visibility-timeout", assumption=True)  # fmt: skip
DEAD = rule("dead-letter",
            "After MaxRetries deliveries (SQS: maxReceiveCount) the message goes to the dead-letter queue.", TIERS,
            "dead-letter")  # fmt: skip
EXISTING = rule("existing-queue", "On a queue of your own MaxRetries does not apply: its RedrivePolicy does, or "
                "nothing.", TIERS, "dead-letter")  # fmt: skip
EXPIRED = rule("expired", "A message is kept for RetentionPeriod, or for the queue's own period where that is shorter; "
               "then it is gone.", TIERS, "retention")  # fmt: skip
MANY = rule("many-posts", "A hundred posts are told one by one; what comes after them follows from the last one.",
            "How many posts are shown is a choice of this simulation; AWS sets no such limit.",
            assumption=True)  # fmt: skip
TASKS = rule("tasks", "cron.yaml makes the leader enqueue a message for each task at its time (UTC); any instance may "
             "process it.", TIERS, "periodic-tasks")  # fmt: skip
FIFO = rule("fifo", "Periodic tasks do not work with a FIFO queue.", TIERS, "periodic-tasks")
CRON = rule("cron-file", "A cron.yaml that cannot be read keeps the daemon from starting: version 1, unique names, "
            "url, a schedule.", CRON_CHECK, "cron-file")  # fmt: skip
SCHEDULES = rule("schedules", "A schedule has five fields, or is @daily or its kin: names in any case, Sunday as 0 or "
                 "7; where both day fields are restricted, either is enough.",
                 f"parse-cron {cron.VERSION}, the gem that sqsd uses, commit {cron.COMMIT[:7]}, lib/cron_parser.rb: "
                 f"https://github.com/siebertm/parse-cron/blob/{cron.COMMIT}/lib/cron_parser.rb",
                 "cron-file")  # fmt: skip

# Documented values (TIERS, and SetQueueAttributes in the Amazon SQS API Reference)

SUCCESS = 200
"""The status with which the daemon deletes the message."""
QUEUE_RETENTION = 345600
"""Seconds that a queue keeps messages where its MessageRetentionPeriod is not set: four days."""
MAX_VISIBILITY = 43200
"""Seconds of the longest visibility timeout: twelve hours."""
ATTRIBUTE_TYPES = ("String", "Number")
"""Types of message attributes that become headers."""
USER_AGENT = "aws-sqsd/1.1"
"""As the guide's table has it; the number is the daemon's version, and newer ones send 2.0 or 3.0.4."""
CRON_VERSION = "1"
CRON_KEYS = ("name", "url", "schedule")
"""What a periodic task must have."""

# Limits of this simulation

MAX_POSTS = 100
MAX_INSTANCES = 1000
