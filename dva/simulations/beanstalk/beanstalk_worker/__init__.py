"""A message of an Elastic Beanstalk worker environment, from the queue to its end.

On every instance a daemon, sqsd, polls the queue and posts each message to the application on localhost:
1. it receives the message, which is then invisible to others for VisibilityTimeout, and posts it with its headers;
2. 200 OK: it deletes the message; any other answer: the message returns after ErrorVisibilityTimeout; no answer:
   after InactivityTimeout; an answer later than VisibilityTimeout: meanwhile the message was delivered again;
3. after MaxRetries deliveries the message goes to the dead-letter queue, after RetentionPeriod it is gone.
A cron.yaml makes the leader enqueue messages by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer
from dva.simulations.beanstalk.beanstalk_worker import _rules as rule
from dva.simulations.beanstalk.beanstalk_worker._given import (
    MOST_POSTS,
    Attribute,
    CronFileError,
    Daemon,
    Given,
    Message,
    daemon,
    instances,
    message,
    now,
    response,
    settings,
    tasks,
    work,
)

AGENT = "aws-sqsd/2.0"
QUEUE, DEAD_LETTERS = "message", "dead-letter queue"
OVER = {
    rule.ERROR.id: "ErrorVisibilityTimeout is over.",
    rule.SILENCE.id: "InactivityTimeout is over, and the daemon has given up.",
    rule.VISIBLE.id: "VisibilityTimeout is over, while the delivery before is still worked on.",
}
"""Why a message is delivered again."""

# -- rule functions that a belief may replace ------------------------------------------------------------------------


def visibility(daemon: Daemon) -> int:
    """Seconds for which a received message is invisible: the daemon's setting, whatever the queue's is."""
    return daemon.visibility


def most_deliveries(daemon: Daemon) -> int | None:
    """After so many deliveries the message is dead-lettered; None where no dead-letter queue takes it."""
    return daemon.redrive if daemon.existing else daemon.max_retries


def acknowledges(status: int) -> bool:
    """Whether the daemon deletes the message."""
    return status == 200


def after_error(daemon: Daemon) -> int:
    """Seconds from an error answer to the next delivery."""
    return daemon.error_visibility


def after_silence(daemon: Daemon) -> int:
    """Seconds from a delivery without an answer to the next."""
    return daemon.inactivity


def in_header(data_type: str) -> bool:
    """Whether a message attribute becomes a header."""
    return data_type.startswith(("String", "Number"))


def takes_tasks(daemon: Daemon) -> bool:
    """Whether periodic tasks work with the queue."""
    return not daemon.fifo


def enqueuers(instances: list[str]) -> str:
    """Who enqueues a periodic task."""
    return "leader"


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    visibility: Callable[[Daemon], int] = visibility
    most_deliveries: Callable[[Daemon], int | None] = most_deliveries
    acknowledges: Callable[[int], bool] = acknowledges
    after_error: Callable[[Daemon], int] = after_error
    after_silence: Callable[[Daemon], int] = after_silence
    in_header: Callable[[str], bool] = in_header
    takes_tasks: Callable[[Daemon], bool] = takes_tasks
    enqueuers: Callable[[list[str]], str] = enqueuers


# -- one delivery ----------------------------------------------------------------------------------------------------


class Attempt(Struct, frozen=True):
    """What becomes of one delivery. Times in seconds; `again`: when the message is received next, if it still is."""

    rule: Rule
    title: str
    until: float
    again: float | None = None
    deletes_at: float | None = None
    used: bool = True
    """Whether the answer was this delivery's own, so that the next one takes the next of the list."""

    @property
    def timed_out(self) -> bool:
        """Whether the message is delivered again because a timeout ended."""
        return self.rule in (rule.SILENCE, rule.VISIBLE)


def attempt(given: Given, d: Daemon, how: How, t: float, place: int, receive: int) -> Attempt:
    """The delivery at `t`, which gets the answer at this place of the list."""
    status, seconds, hidden = response(given, place), work(given, receive - 1), how.visibility(d)
    if status is None or seconds > d.inactivity:
        return silent(d, how, t, hidden)
    end = t + seconds
    if seconds > hidden:
        title = f"The work takes {seconds:g} s, the message is visible again after {hidden:g} s"
        deletes = end if how.acknowledges(status) else None
        return Attempt(rule.VISIBLE, title, end, t + hidden, deletes, used=False)
    if how.acknowledges(status):
        return Attempt(rule.DELETED, f"The answer is {status}: the daemon deletes the message", end, deletes_at=end)
    wait = how.after_error(d)
    title = f"The answer is {status}: the message comes back after {wait:g} s"
    return Attempt(rule.ERROR, title, end, end + wait)


def silent(d: Daemon, how: How, t: float, hidden: float) -> Attempt:
    """No answer comes in time; the shorter of the two timeouts brings the message back."""
    waited = how.after_silence(d)
    if hidden < waited:
        title = f"No answer yet, and the message is visible again after {hidden:g} s"
        return Attempt(rule.VISIBLE, title, t + d.inactivity, t + hidden)
    title = f"No answer within {d.inactivity:g} s: the message comes back after {waited:g} s"
    return Attempt(rule.SILENCE, title, t + d.inactivity, t + waited)


def headers(given: Given, d: Daemon, how: How, receive: int) -> dict[str, str]:
    """The headers of a POST, in the order of AWS's table."""
    sent = message(given)
    found = {
        "User-Agent": AGENT,
        "X-Aws-Sqsd-Msgid": sent.message_id,
        "X-Aws-Sqsd-Queue": d.queue_name,
        "X-Aws-Sqsd-First-Received-At": now(given).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "X-Aws-Sqsd-Receive-Count": str(receive),
    }
    found |= {f"X-Aws-Sqsd-Attr-{name}": value for name, value in attributes(sent, how).items()}
    found["Content-Type"] = d.mime
    if sent.task:
        found["X-Aws-Sqsd-Taskname"] = sent.task
        found["X-Aws-Sqsd-Scheduled-At"] = now(given).strftime("%Y-%m-%dT%H:%M:%SZ")
        found["X-Aws-Sqsd-Sender-Id"] = given.options.account
    return found


def attributes(sent: Message, how: How) -> dict[str, str]:
    """The message attributes that become headers."""
    read = {
        name: value if isinstance(value, Attribute) else Attribute(string_value=str(value))
        for name, value in sent.message_attributes.items()
    }
    return {name: text(a.string_value) for name, a in read.items() if how.in_header(a.data_type)}


def text(value: str | int | float | None) -> str:
    return "(binary)" if value is None else str(value)


# -- the way of the message ------------------------------------------------------------------------------------------


def start(given: Given) -> dict[str, Any]:
    lanes: dict[str, Any] = {QUEUE: []}
    return {"lanes": lanes | {name: [] for name in instances(given)} | {DEAD_LETTERS: []}}


def play(given: Given, trace: Tracer, how: How) -> None:
    chosen, wrong = settings(given)
    d = daemon(given, chosen)
    tell_settings(d, wrong, trace, how)
    if read_tasks(given, d, trace, how):
        Way(given, d, trace, how).go()


def tell_settings(d: Daemon, wrong: list[str], trace: Tracer, how: How) -> None:
    for sentence in wrong:
        error = {"code": "ConfigurationValidationException", "message": sentence}
        trace.step(rule.INVALID, sentence, rule.INVALID.says, changes={"/outcome/error": error})
    hidden = how.visibility(d)
    title = f"A received message is invisible for {hidden} s"
    if d.queue_visibility not in (None, hidden):
        title += f", although the queue itself says {d.queue_visibility} s"
    told = f"ErrorVisibilityTimeout {d.error_visibility}, InactivityTimeout {d.inactivity}, kept for {d.retention} s."
    changes = {"/outcome/effective_visibility": hidden}
    trace.step(rule.SETTINGS, title, f"{told} {rule.SETTINGS.says}", at=0, changes=changes)
    if d.existing:
        most = how.most_deliveries(d)
        limit = "no limit of deliveries" if most is None else f"{most} deliveries"
        trace.step(rule.EXISTING, f"A queue of your own: {limit}", rule.EXISTING.says, at=0)


def read_tasks(given: Given, d: Daemon, trace: Tracer, how: How) -> bool:
    """What cron.yaml enqueues; whether the daemon runs at all."""
    try:
        found = tasks(given)
    except CronFileError as problem:
        told = f"Failed of parsing file 'cron.yaml', because: {problem}"
        changes = {
            "/outcome/error": {"code": "InvalidCronFile", "message": told},
            "/outcome/status": "expired",
        }
        trace.step(rule.CRON, told, f"{rule.CRON.says} The message waits until it expires.", at=0, changes=changes)
        return False
    if found and not how.takes_tasks(d):
        trace.step(rule.FIFO, f"{d.queue_name} is a FIFO queue: no task is enqueued", rule.FIFO.says, at=0)
        return True
    by = how.enqueuers(instances(given))
    for task in found:
        entry = {"name": task.name, "url": task.url, "schedule": task.schedule, "next_at": task.next_at}
        entry |= {"enqueued_by": by, "processed_by": "any"}
        title = f"{task.name} is posted to {task.url} at `{task.schedule}` (UTC), next {task.next_at or 'never'}"
        trace.step(rule.TASKS, title, rule.TASKS.says, at=0, changes={"/outcome/tasks/-": entry})
    return True


class Way:
    """The message while it is on its way: how often it was received, and when it will be deleted."""

    def __init__(self, given: Given, d: Daemon, trace: Tracer, how: How) -> None:
        self.given, self.daemon, self.trace, self.how = given, d, trace, how
        self.names = instances(given)
        self.busy = dict.fromkeys(self.names, 0)
        self.receive, self.answered = 0, 0
        self.deletes_at: float | None = None
        self.late = False
        self.left: dict[str, Any] = {}
        """What is still to be drawn of a delivery that an earlier one's answer overtook."""

    def go(self) -> None:
        """Delivery after delivery until the message has its end."""
        t, before = 0.0, 0.0
        done: Attempt | None = None
        while not self.ended(t, t - before):
            self.receive += 1
            self.post(t, done)
            done = attempt(self.given, self.daemon, self.how, t, self.answered, self.receive)
            self.answered += done.used
            self.tell(done, t)
            before, t = t, done.again if done.again is not None else done.until

    def ended(self, t: float, period: float) -> bool:
        """Whether the message ends before or at `t`, when it would be received again."""
        d, most = self.daemon, self.how.most_deliveries(self.daemon)
        if self.deletes_at is not None and self.deletes_at <= min(t, d.retention):
            self.delete()
        elif t >= d.retention:
            self.expire()
        elif most is not None and self.receive >= most:
            self.bury(t)
        elif self.receive >= MOST_POSTS:
            self.far(t, period, most)
        else:
            return False
        return True

    def post(self, t: float, last: Attempt | None) -> None:
        """One receive and its POST; `last` is the delivery before, and why there is another."""
        name = self.names[(self.receive - 1) % len(self.names)]
        sent = headers(self.given, self.daemon, self.how, self.receive)
        changes: dict[str, Any] = {
            "/outcome/posts/-": {"t": whole(t), "receive_count": self.receive, "headers": sent},
            pointer("state", "lanes", QUEUE, "-"): [t, None, "invisible"],
            pointer("state", "lanes", name, "-"): [t, None, f"POST {self.receive}"],
        }
        if last and last.timed_out and self.trace.outcome["delivered_again_at"] is None:
            changes["/outcome/delivered_again_at"] = whole(t)
        title = f"Delivery {self.receive}: {name} posts the message to http://localhost{self.path()}"
        reason = f"{OVER[last.rule.id]} " if last else ""
        self.trace.step(rule.POST, title, reason + rule.POST.says, at=t, changes=changes)
        if self.receive == 1:
            told = ", ".join(f"{key}: {value}" for key, value in sent.items())
            self.trace.step(rule.HEADERS, "The headers say which message it is", f"{told}. {rule.HEADERS.says}", at=t)

    def path(self) -> str:
        """The path of the periodic task, or HttpPath."""
        wanted = message(self.given).task
        found = [task.url for task in tasks(self.given) if task.name == wanted]
        return found[0] if found else self.daemon.path

    def tell(self, done: Attempt, t: float) -> None:
        """What came of the delivery at `t`; nothing, where an earlier delivery's 200 is there first."""
        name = self.names[(self.receive - 1) % len(self.names)]
        shown = done.again if done.again is not None else done.until
        overtaken = self.deletes_at is not None and self.deletes_at <= shown
        changes = {
            pointer("state", "lanes", QUEUE, self.receive - 1): [
                t,
                self.deletes_at if overtaken else shown,
                "invisible",
            ],
            pointer("state", "lanes", name, self.busy[name]): [t, done.until, f"POST {self.receive}"],
        }
        self.busy[name] += 1
        if overtaken:
            self.left = changes
            return
        if done.deletes_at is not None and (self.deletes_at is None or done.deletes_at < self.deletes_at):
            self.deletes_at, self.late = done.deletes_at, done.rule is not rule.DELETED
        self.trace.step(done.rule, done.title, done.rule.says, at=shown, changes=changes)
        if not done.used and done.deletes_at is None:
            self.trace.step(rule.LATE, "The error answer comes too late to change anything", rule.LATE.says, at=shown)

    def delete(self) -> None:
        changes = {"/outcome/status": "deleted", "/outcome/deleted": True, **self.left}
        said = rule.LATE if self.late else rule.DELETED
        title = "The late answer to an earlier delivery deletes the message" if self.late else "The message is deleted"
        count = f"{self.receive} deliver{'y' if self.receive == 1 else 'ies'}"
        self.trace.step(said, f"{title} after {count}", said.says, at=self.deletes_at, changes=changes)

    def expire(self) -> None:
        end = self.daemon.retention
        title = f"After {end} s the message expires"
        changes = {"/outcome/status": "expired"}
        self.trace.step(rule.EXPIRED, title, rule.EXPIRED.says, at=end, changes=changes)

    def bury(self, t: float) -> None:
        most = self.how.most_deliveries(self.daemon)
        changes = {
            "/outcome/status": "dead-lettered",
            "/outcome/dead_letter": True,
            pointer("state", "lanes", DEAD_LETTERS, "-"): [t, None, "the message"],
        }
        title = f"It was delivered {most} times: the message goes to the dead-letter queue"
        self.trace.step(rule.DEAD, title, rule.DEAD.says, at=t, changes=changes)

    def far(self, t: float, period: float, most: int | None) -> None:
        """The end of a message that was told of a hundred times; every further delivery goes as the last one."""
        title = f"It goes on like this every {period:g} s"
        self.trace.step(rule.MANY, title, f"{rule.MANY.says} {rule.MANY.source}", at=t)
        buried = None if most is None else t + (most - self.receive) * period
        if self.deletes_at is not None and self.deletes_at <= self.daemon.retention:
            self.delete()
        elif buried is not None and buried < self.daemon.retention:
            self.bury(buried)
        else:
            self.expire()


def whole(t: float) -> int | float:
    """A time without needless decimals."""
    return int(t) if float(t).is_integer() else round(t, 6)


# -- beliefs ---------------------------------------------------------------------------------------------------------

BELIEFS = (
    Belief(
        "every-2xx-deletes", "any 2xx answer acknowledges the message",
        "Only 200 OK makes the daemon delete it; 202 or 204 count as errors.",
        "acknowledges", lambda status: 200 <= status < 300, ("beanstalk-worker.daemon",),
    ),
    Belief(
        "errors-wait-for-visibility", "a failed message comes back when the visibility timeout ends",
        "After an error answer ErrorVisibilityTimeout counts, two seconds by default.",
        "after_error", lambda d: d.visibility, ("beanstalk-worker.error-visibility",),
    ),
    Belief(
        "silence-waits-for-visibility", "without an answer the visibility timeout decides",
        "The daemon gives up after InactivityTimeout (299 s by default), a second before VisibilityTimeout (300 s).",
        "after_silence", lambda d: d.visibility, ("beanstalk-worker.inactivity-timeout",),
    ),
    Belief(
        "queue-visibility-counts", "the queue's own visibility timeout counts",
        "The environment's VisibilityTimeout goes before the queue's.",
        "visibility", lambda d: d.visibility if d.queue_visibility is None else d.queue_visibility,
        ("beanstalk-worker.visibility-timeout",),
    ),
    Belief(
        "long-work-is-waited-for", "a message stays invisible as long as it is worked on",
        "It is visible again after VisibilityTimeout, whether the work is done or not.",
        "visibility", lambda d: 43200, ("beanstalk-worker.visibility-timeout",),
    ),
    Belief(
        "retries-come-on-top", "MaxRetries counts the deliveries after the first",
        "It is SQS's maxReceiveCount: the first delivery counts too.",
        "most_deliveries", lambda d: d.redrive if d.existing else d.max_retries + 1, ("beanstalk-worker.dead-letter",),
    ),
    Belief(
        "max-retries-on-every-queue", "MaxRetries limits the deliveries of any queue",
        "On a queue of your own only its RedrivePolicy does.",
        "most_deliveries", lambda d: d.max_retries, ("beanstalk-worker.dead-letter",),
    ),
    Belief(
        "binary-attributes-too", "every message attribute becomes a header",
        "Those of type String and Number do; binary ones are dropped.",
        "in_header", lambda data_type: True, ("beanstalk-worker.headers",),
    ),
    Belief(
        "fifo-takes-tasks", "cron.yaml works with any queue",
        "Periodic tasks are not supported with a FIFO queue.",
        "takes_tasks", lambda d: True, ("beanstalk-worker.periodic-tasks",),
    ),
    Belief(
        "every-instance-enqueues", "cron.yaml runs on every instance, as crontab would",
        "Only the elected leader enqueues the message, and one instance, any of them, processes it.",
        "enqueuers", lambda names: "every instance", ("beanstalk-worker.periodic-tasks",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="beanstalk-worker",
    title="A message of an Elastic Beanstalk worker environment",
    view="lanes",
    unit="s",
    rules=rule.ALL,
    beliefs=BELIEFS,
    given=Given,
    outcome={
        "posts": [], "deleted": False, "dead_letter": False, "tasks": [], "delivered_again_at": None,
        "effective_visibility": None,
    },
    statuses=("deleted", "dead-lettered", "expired"),
    play=play,
    how=How(),
    start=start,
    varies={pointer("given", "queue"): ("autogenerated", "existing")},
)  # fmt: skip
