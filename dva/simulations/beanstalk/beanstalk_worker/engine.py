"""The run: the settings and periodic tasks, then delivery after delivery until the message has its end."""

import math

from msgspec import Struct

from dva.errors import GivenError
from dva.simulations.beanstalk._options import not_read
from dva.simulations.beanstalk.beanstalk_worker import rules
from dva.simulations.beanstalk.beanstalk_worker.daemon import CronFileError, Daemon, Task, daemon_of, tasks_of
from dva.simulations.beanstalk.beanstalk_worker.documents import Attribute, Given, Post, TaskEntry, to_int
from dva.simulations.beanstalk.beanstalk_worker.rules import belief
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Rule

QUEUE, DEAD_LETTERS = "message", "dead-letter queue"
REASONS = {
    rules.ERROR.id: "ErrorVisibilityTimeout is over.",
    rules.NO_ANSWER.id: "InactivityTimeout is over, and the daemon has given up.",
    rules.VISIBLE.id: "VisibilityTimeout is over, while the delivery before is still worked on.",
}
"""Why a message is delivered again."""
NEVER = ("none", "timeout", "null", "")
"""Words for a delivery that is never answered."""


def initial_state(given: Given) -> State:
    return {"lanes": {name: [] for name in (QUEUE, *given.instance_ids, DEAD_LETTERS)}}


def work_off(given: Given, run: Run) -> None:
    """Read the settings and cron.yaml, then follow the message."""
    run.not_read(not_read(given.option_settings, "/option_settings"))
    if not given.has_daemon:
        run.step(rules.NO_DAEMON, "The environment has no daemon: the message stays in its queue", at=0,
                 status="undelivered")  # fmt: skip
        return
    daemon, refused = daemon_of(given)
    for message in refused:
        run.step(rules.INVALID, message, error={"code": "ConfigurationValidationException", "message": message})
    hidden = run.using(visibility)(daemon)
    title = f"A received message is invisible for {hidden} s"
    if daemon.queue_visibility not in (None, hidden):
        title += f", although the queue itself says {daemon.queue_visibility} s"
    why = (f"ErrorVisibilityTimeout {daemon.error_visibility}, InactivityTimeout {daemon.inactivity}, "
           f"kept for {daemon.retention} s.")  # fmt: skip
    run.step(rules.SETTINGS, title, why, at=0, effective_visibility=hidden)
    if daemon.existing:
        most = run.using(max_deliveries)(daemon)
        limit = "no limit of deliveries" if most is None else f"{most} deliveries"
        run.step(rules.EXISTING, f"A queue of your own: {limit}", at=0)
    try:
        tasks = tasks_of(given, run)
    except CronFileError as problem:
        message = f"Failed of parsing file 'cron.yaml', because: {problem}"
        error = {"code": "InvalidCronFile", "message": message}
        run.step(rules.CRON, message, "The message waits until it expires.", at=0, error=error, status="expired")
        return
    schedule(tasks, daemon, run)
    MessageLifecycle(given, daemon, tasks, run).run_to_end()


def schedule(tasks: list[Task], daemon: Daemon, run: Run) -> None:
    """Show what cron.yaml enqueues, and when."""
    if tasks and not run.using(takes_tasks)(daemon):
        run.step(rules.FIFO, f"{daemon.queue_name} is a FIFO queue: no task is enqueued", at=0, tasks=[])
        return
    if tasks:
        several = f"{len(tasks)} schedules are" if len(tasks) > 1 else "The schedule is"
        run.step(rules.SCHEDULES, f"{several} read", at=0)
    for task in tasks:
        entry: TaskEntry = {"name": task.name, "url": task.url, "schedule": task.schedule, "next_at": task.next_at,
                            "enqueued_by": run.using(enqueued_by)(), "processed_by": "any"}  # fmt: skip
        title = f"{task.name} is posted to {task.url} at `{task.schedule}` (UTC), next {task.next_at or 'never'}"
        run.step(rules.TASKS, title, at=0, tasks=Append(entry))


def answer(given: Given, place: int) -> int | None:
    """Return the status at this place of the responses; None where no answer ever comes."""
    if len(given.responses) > rules.MAX_POSTS:
        raise GivenError(f"more than {rules.MAX_POSTS} responses", pointer="/responses")
    status = given.responses[min(place, len(given.responses) - 1)] if given.responses else rules.SUCCESS
    if status is None or (isinstance(status, str) and status.lower() in NEVER):
        return None
    code = to_int(status, f"/responses/{place}")
    if not 100 <= code <= 599:
        raise GivenError(f"{code} is not a valid HTTP status", pointer=f"/responses/{place}")
    return code


def seconds_of_work(given: Given, place: int) -> float:
    """Return the seconds until the answer to the delivery at this place."""
    name = "processing_seconds" if given.response_seconds is None else "response_seconds"
    seconds = given.processing_seconds if given.response_seconds is None else given.response_seconds
    if isinstance(seconds, list):
        seconds = seconds[min(place, len(seconds) - 1)] if seconds else 0
    if not 0 <= seconds < math.inf:
        raise GivenError("a time is a number of seconds, not negative and not endless", pointer=f"/{name}")
    return seconds


class Attempt(Struct, frozen=True):
    """The result of one delivery. Times in seconds; `again`: when the message is received next, None if it is not."""

    rule: Rule
    title: str
    until: float
    again: float | None = None
    deletes_at: float | None = None
    used: bool = True
    """Whether the answer was this delivery's own, so that the next one takes the next of the list."""

    @property
    def ends_at(self) -> float:
        """Return when the message is no longer invisible because of this delivery."""
        return self.until if self.again is None else self.again


def attempt(given: Given, daemon: Daemon, run: Run, t: float, place: int, receive: int) -> Attempt:
    """Return what becomes of the delivery at `t`, which gets the answer at this place of the list."""
    status, seconds = answer(given, place), seconds_of_work(given, receive - 1)
    hidden = run.using(visibility)(daemon)
    if status is None or seconds > daemon.inactivity:
        waited, until = run.using(after_silence)(daemon), t + daemon.inactivity
        if hidden < waited:  # the shorter of the two timeouts brings the message back
            title = f"No answer yet, and the message is visible again after {hidden:g} s"
            return Attempt(rules.VISIBLE, title, until, t + hidden)
        title = f"No answer within {daemon.inactivity:g} s: the message comes back after {waited:g} s"
        return Attempt(rules.NO_ANSWER, title, until, t + waited)
    end, acknowledged = t + seconds, run.using(acknowledges)(status)
    if seconds > hidden:
        title = f"The work takes {seconds:g} s, the message is visible again after {hidden:g} s"
        return Attempt(rules.VISIBLE, title, end, t + hidden, end if acknowledged else None, used=False)
    if acknowledged:
        return Attempt(rules.DELETED, f"The answer is {status}: the daemon deletes the message", end, deletes_at=end)
    wait = run.using(after_error)(daemon)
    return Attempt(rules.ERROR, f"The answer is {status}: the message comes back after {wait:g} s", end, end + wait)


def headers(given: Given, daemon: Daemon, run: Run, receive: int) -> dict[str, str]:
    """Return the headers of a POST, in the order of AWS's table."""
    message, now = given.sent, given.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = {
        "User-Agent": rules.USER_AGENT,
        "X-Aws-Sqsd-Msgid": message.message_id,
        "X-Aws-Sqsd-Queue": daemon.queue_name,
        "X-Aws-Sqsd-First-Received-At": now,
        "X-Aws-Sqsd-Receive-Count": str(receive),
    }
    for name, value in message.message_attributes.items():
        attribute = value if isinstance(value, Attribute) else Attribute(string_value=str(value))
        if run.using(in_header)(attribute.data_type):
            text = "(binary)" if attribute.string_value is None else str(attribute.string_value)
            found[f"X-Aws-Sqsd-Attr-{name}"] = text
    found["Content-Type"] = daemon.mime_type
    if message.task:
        found["X-Aws-Sqsd-Taskname"] = message.task
        found["X-Aws-Sqsd-Scheduled-At"] = now
        found["X-Aws-Sqsd-Sender-Id"] = given.options.account
    return found


class MessageLifecycle:
    """The message from delivery to delivery: how often it was received, and when it will be deleted."""

    def __init__(self, given: Given, daemon: Daemon, tasks: list[Task], run: Run) -> None:
        self.given, self.daemon, self.run = given, daemon, run
        self.names = given.instance_ids
        self.path = next((task.url for task in tasks if task.name == given.sent.task), daemon.path)
        self.drawn = dict.fromkeys(self.names, 0)
        """How many deliveries are drawn of each instance."""
        self.receive, self.answered = 0, 0
        self.deletes_at: float | None = None
        self.late = False
        self.overtaken: Draw = {}
        """What is still to be drawn of a delivery that an earlier one's answer overtook."""

    def run_to_end(self) -> None:
        """Deliver the message again and again until it has its end."""
        t, before = 0.0, 0.0
        done: Attempt | None = None
        while not self.ended(t, t - before):
            self.receive += 1
            self.post(t, done)
            done = attempt(self.given, self.daemon, self.run, t, self.answered, self.receive)
            self.answered += done.used
            self.show(done, t)
            before, t = t, done.ends_at

    def ended(self, t: float, period: float) -> bool:
        """Return whether the message ends before or at `t`, when it would be received again."""
        retention, most = self.daemon.retention, self.run.using(max_deliveries)(self.daemon)
        if self.deletes_at is not None and self.deletes_at <= min(t, retention):
            self.delete()
        elif t >= retention:
            self.expire()
        elif most is not None and self.receive >= most:
            self.dead_letter(t, most)
        elif self.receive >= rules.MAX_POSTS:
            self.extrapolate(t, period, most)
        else:
            return False
        return True

    @property
    def instance(self) -> str:
        """Return the instance that receives this delivery."""
        return self.names[(self.receive - 1) % len(self.names)]

    def why_again(self, t: float, last: Attempt | None) -> str:
        """Return why there is another delivery, and how long after the one before."""
        if last is None:
            return ""
        before = self.run.outcome["posts"][-1]["t"]
        total = f" {_plain(before)} s + {_plain(t - before)} s = {_plain(t)} s." if before else ""
        return REASONS[last.rule.id] + total

    def post(self, t: float, last: Attempt | None) -> None:
        """Receive and post the message; `last` is the delivery before, and why there is another."""
        sent = headers(self.given, self.daemon, self.run, self.receive)
        entry: Post = {"t": _plain(t), "receive_count": self.receive, "headers": sent}
        timed_out = last is not None and last.rule in (rules.NO_ANSWER, rules.VISIBLE)
        first = timed_out and self.run.outcome["delivered_again_at"] is None
        title = f"Delivery {self.receive}: {self.instance} posts the message to http://localhost{self.path}"
        drawn: Draw = {("lanes", QUEUE, "-"): [t, None, "invisible"],
                       ("lanes", self.instance, "-"): [t, None, f"POST {self.receive}"]}  # fmt: skip
        self.run.step(rules.POST, title, self.why_again(t, last), at=t, posts=Append(entry), draw=drawn,
                      inside={("delivered_again_at",): _plain(t)} if first else {})  # fmt: skip
        if self.receive == 1:
            listed = ", ".join(f"{key}: {value}" for key, value in sent.items())
            self.run.step(rules.HEADERS, "The headers say which message it is", f"{listed}.", at=t)

    def show(self, done: Attempt, t: float) -> None:
        """Show what came of the delivery at `t`; nothing, where an earlier delivery's 200 is there first."""
        overtaken = self.deletes_at is not None and self.deletes_at <= done.ends_at
        invisible_until = self.deletes_at if overtaken else done.ends_at
        drawn: Draw = {
            ("lanes", QUEUE, self.receive - 1): [t, invisible_until, "invisible"],
            ("lanes", self.instance, self.drawn[self.instance]): [t, done.until, f"POST {self.receive}"],
        }
        self.drawn[self.instance] += 1
        if overtaken:
            self.overtaken = drawn
            return
        if done.deletes_at is not None and (self.deletes_at is None or done.deletes_at < self.deletes_at):
            self.deletes_at, self.late = done.deletes_at, done.rule is not rules.DELETED
        self.run.step(done.rule, done.title, at=done.ends_at, draw=drawn)
        if not done.used and done.deletes_at is None:
            self.run.step(rules.LATE, "The error answer comes too late to change anything", at=done.ends_at)

    def delete(self) -> None:
        by, title = rules.DELETED, "The message is deleted"
        if self.late:
            by, title = rules.LATE, "The late answer to an earlier delivery deletes the message"
        title += f" after {self.receive} deliver{'y' if self.receive == 1 else 'ies'}"
        self.run.step(by, title, at=self.deletes_at, draw=self.overtaken, status="deleted", deleted=True)

    def expire(self) -> None:
        end = self.daemon.retention
        self.run.step(rules.EXPIRED, f"After {end} s the message expires", at=end, status="expired")

    def dead_letter(self, t: float, most: int) -> None:
        title = f"It was delivered {most} times: the message goes to the dead-letter queue"
        drawn: Draw = {("lanes", DEAD_LETTERS, "-"): [t, None, "the message"]}
        self.run.step(rules.DEAD, title, at=t, draw=drawn, status="dead-lettered", dead_letter=True)

    def extrapolate(self, t: float, period: float, most: int | None) -> None:
        """End a message whose further deliveries all go as the last one."""
        self.run.step(rules.MANY, f"It goes on like this every {period:g} s", at=t)
        if self.deletes_at is not None and self.deletes_at <= self.daemon.retention:
            return self.delete()
        if most is not None and (end := t + (most - self.receive) * period) < self.daemon.retention:
            return self.dead_letter(end, most)
        return self.expire()


def _plain(t: float) -> int | float:
    """Return a time without needless decimals."""
    return int(t) if float(t).is_integer() else round(t, 6)


# The rule functions that beliefs replace


def visibility(daemon: Daemon) -> int:
    """Return the seconds for which a received message is invisible: the daemon's setting, whatever the queue's is."""
    return daemon.visibility


def max_deliveries(daemon: Daemon) -> int | None:
    """Return after how many deliveries the message is dead-lettered; None where no dead-letter queue takes it."""
    return daemon.max_receives if daemon.existing else daemon.max_retries


def acknowledges(status: int) -> bool:
    """Return whether the daemon deletes the message."""
    return status == rules.SUCCESS


def after_error(daemon: Daemon) -> int:
    """Return the seconds from an error answer to the next delivery."""
    return daemon.error_visibility


def after_silence(daemon: Daemon) -> int:
    """Return the seconds from a delivery without an answer to the next."""
    return daemon.inactivity


def in_header(data_type: str) -> bool:
    """Return whether a message attribute becomes a header."""
    return data_type.startswith(rules.ATTRIBUTE_TYPES)


def takes_tasks(daemon: Daemon) -> bool:
    """Return whether periodic tasks work with the queue."""
    return not daemon.fifo


def enqueued_by() -> str:
    """Return who enqueues a periodic task."""
    return "leader"


# What people believe instead

belief(acknowledges, "every-2xx-deletes", "any 2xx answer acknowledges the message",
       "Only 200 OK makes the daemon delete it; 202 or 204 count as errors.",
       "daemon")(lambda status: 200 <= status < 300)  # fmt: skip
belief(after_error, "errors-wait-for-visibility", "a failed message comes back when the visibility timeout ends",
       "After an error answer ErrorVisibilityTimeout counts, two seconds by default.",
       "error-visibility")(visibility)  # fmt: skip
belief(after_silence, "silence-waits-for-visibility", "without an answer the visibility timeout decides",
       "The daemon gives up after InactivityTimeout (299 s by default), a second before VisibilityTimeout (300 s).",
       "inactivity-timeout")(visibility)  # fmt: skip
belief(
    visibility, "queue-visibility-counts", "the queue's own visibility timeout counts",
    "The environment's VisibilityTimeout goes before the queue's.", "visibility-timeout",
)(lambda daemon: daemon.visibility if daemon.queue_visibility is None else daemon.queue_visibility)  # fmt: skip
belief(visibility, "long-work-is-waited-for", "a message stays invisible as long as it is worked on",
       "It is visible again after VisibilityTimeout, whether the work is done or not.",
       "visibility-timeout")(lambda daemon: rules.MAX_VISIBILITY)  # fmt: skip
belief(max_deliveries, "retries-come-on-top", "MaxRetries counts the deliveries after the first",
       "It is SQS's maxReceiveCount: the first delivery counts too.",
       "dead-letter")(lambda daemon: daemon.max_receives if daemon.existing else daemon.max_retries + 1)  # fmt: skip
belief(max_deliveries, "max-retries-on-every-queue", "MaxRetries limits the deliveries of any queue",
       "On a queue of your own only its RedrivePolicy does.",
       "dead-letter")(lambda daemon: daemon.max_retries)  # fmt: skip
belief(in_header, "binary-attributes-too", "every message attribute becomes a header",
       "Those of type String and Number do; binary ones are dropped.", "headers")(lambda data_type: True)  # fmt: skip
belief(takes_tasks, "fifo-takes-tasks", "cron.yaml works with any queue",
       "Periodic tasks are not supported with a FIFO queue.", "periodic-tasks")(lambda daemon: True)  # fmt: skip
belief(enqueued_by, "every-instance-enqueues", "cron.yaml runs on every instance, as crontab would",
       "Only the elected leader enqueues the message, and one instance, any of them, processes it.",
       "periodic-tasks")(lambda: "every instance")  # fmt: skip
