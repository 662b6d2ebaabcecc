"""A queue, Lambda's poller and the function: batches are collected, invoked, deleted or returned."""

import heapq
from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from typing import Literal

import msgspec

from dva.errors import GivenError
from dva.simulations.aws_lambda.lambda_sqs import rules
from dva.simulations.aws_lambda.lambda_sqs.documents import Given, Mapping, Message
from dva.simulations.frame import Append, Refused, Run, State

# Reading


class Settings(msgspec.Struct, frozen=True):
    """What a run needs of queue, mapping and function, read and checked."""

    fifo: bool
    visibility: int
    max_receives: int | None
    dead_letters: str
    size: int
    window: int
    reports: bool
    lasts: float
    times_out: bool
    cap: int


def number(value: int | str, name: str) -> int:
    """Return a number that Amazon SQS prints as text; GivenError where it is not one."""
    try:
        return int(value)
    except ValueError:
        raise GivenError(f"{name} must be a whole number", pointer=f"/queue/{name}") from None


def settings_of(given: Given) -> Settings:
    """Return the settings; Refused where Lambda does not create the mapping."""
    mapping, queue, function = given.mapping, given.queue, given.function
    refusal = rules.REQUESTS.refusal({"mapping": msgspec.to_builtins(mapping)})
    if refusal is not None:
        raise refusal[0]
    fifo, redrive = queue.fifo_queue in (True, "true"), queue.redrive_policy
    visibility = number(queue.visibility_timeout, "VisibilityTimeout")
    check_batches(mapping, fifo=fifo)
    if visibility < function.timeout:
        raise Refused(rules.TIMEOUT, rules.INVALID, f"Queue visibility timeout: {visibility} seconds is less than "
                      f"Function timeout: {function.timeout} seconds")  # fmt: skip
    cap = mapping.scaling_config.maximum_concurrency if mapping.scaling_config else None
    return Settings(
        fifo, visibility, number(redrive.max_receive_count, "RedrivePolicy") if redrive else None,
        redrive.dead_letter_target_arn.rsplit(":", 1)[-1] if redrive else "", mapping.batch_size,
        mapping.maximum_batching_window_in_seconds, rules.REPORT in mapping.function_response_types,
        min(function.duration_seconds, function.timeout), function.duration_seconds > function.timeout,
        cap or rules.MAX_BATCHES,
    )  # fmt: skip


def check_batches(mapping: Mapping, *, fifo: bool) -> None:
    """Refuse a size and window that do not go together, or not with a rules.FIFO queue."""
    size, window = mapping.batch_size, mapping.maximum_batching_window_in_seconds
    if fifo and size > rules.MAX_FIFO_BATCH:
        raise Refused(
            rules.SIZE,
            rules.INVALID,
            f"a batch of a FIFO queue has at most {rules.MAX_FIFO_BATCH} messages, not {size}",
        )
    if fifo and window:
        raise Refused(rules.SIZE, rules.INVALID, "Batching window is not supported for FIFO queues")
    if size > rules.MAX_BATCH_AT_ONCE and not window:
        raise Refused(rules.SIZE, rules.INVALID, "Maximum batch window in seconds must be greater than 0 if maximum "
                      f"batch size is greater than {rules.MAX_BATCH_AT_ONCE}")  # fmt: skip


def warn(given: Given, settings: Settings, run: Run) -> None:
    """Tell which settings are lower than AWS recommends."""
    wanted = rules.TIMEOUT_FACTOR * given.function.timeout + settings.window
    if settings.visibility < wanted:
        run.step(rules.ADVICE, f"A visibility timeout of {settings.visibility} s is short", f"{rules.TIMEOUT_FACTOR} × "
                 f"{given.function.timeout} s + {settings.window} s are {wanted} s.", at=0,
                 warnings=Append("visibilityTimeout"))  # fmt: skip
    if settings.max_receives is not None and settings.max_receives < rules.MIN_RECEIVES:
        run.step(rules.ADVICE, f"A maxReceiveCount of {settings.max_receives} is low",
                 f"Fewer than {rules.MIN_RECEIVES} receives leave little room for batches that are throttled.", at=0,
                 warnings=Append("maxReceiveCount"))  # fmt: skip


# The rule functions that beliefs replace


def collected(size: int, window: int) -> tuple[int, int]:
    """Return how many messages a batch has at most, and how many seconds it waits for them."""
    return size, window


def returned(batch: Collection[str], failed: Collection[str], *, reports: bool) -> list[str]:
    """Return which messages of a batch return to the queue."""
    return [one for one in batch if one in failed] if reports else list(batch) if failed else []


def visible_again(received: float, ended: float, visibility: int) -> float:
    """Return when a message that failed is visible again: counted from when it was received."""
    return received + visibility


def is_moved(receives: int, max_receives: int | None, function_dead_letters: str) -> bool:
    """Return whether a message moves to a dead-letter queue: only by the redrive policy of its queue."""
    return max_receives is not None and receives >= max_receives


def held_up(group: str, failed: Collection[str]) -> bool:
    """Return whether a message group waits for messages that failed, given the groups of these."""
    return group in failed


def concurrent_batches(minute: int, cap: int) -> int:
    """Return how many batches run at the same time at most, by the minutes since the start."""
    return min(cap, rules.MAX_BATCHES, rules.FIRST_BATCHES + rules.MORE_A_MINUTE * minute)


# The run


class Item:
    """A message on its way."""

    def __init__(self, place: int, message: Message) -> None:
        self.place, self.id, self.at = place, message.id, message.at
        self.group = message.group or ""
        self.outcomes, self.receives, self.spans = message.outcomes, 0, 0
        self.visible_since = message.at
        self.state: Literal["due", "visible", "in flight", "hidden", "gone"] = "due"

    def fails(self) -> bool:
        """Return whether the function fails on it this time."""
        return self.outcomes[min(self.receives, len(self.outcomes)) - 1] == "error"


def process(given: Given, run: Run) -> None:
    """Check the mapping, then process the messages until none is left, or the run is cut."""
    settings = settings_of(given)
    check_messages(given.messages)
    size = f"up to {settings.size} messages" if settings.size > 1 else "1 message"
    run.step(rules.POLL, f"Lambda polls the queue for batches of {size}", at=0)
    warn(given, settings, run)
    Poller(given, settings, run).process_all()


def check_messages(messages: list[Message]) -> None:
    """Raise GivenError for an id that is there twice, or a message that arrives before the one above."""
    seen: set[str] = set()
    last = 0.0
    for place, message in enumerate(messages):
        if message.id in seen:
            raise GivenError(f"there are two messages `{message.id}`", pointer=f"/messages/{place}/id")
        if message.at < last:
            raise GivenError("messages stand in the order of their arrival", pointer=f"/messages/{place}/at")
        seen.add(message.id)
        last = message.at


class Poller:
    """Lambda's poller, the queue it reads, and the clock. At one instant invocations end before messages appear."""

    def __init__(self, given: Given, settings: Settings, run: Run) -> None:
        self.settings, self.run = settings, run
        self.most = given.options.max_invocations
        target = given.function.dead_letter_config
        self.function_dead_letters = target.target_arn if target else ""
        self.items = [Item(place, message) for place, message in enumerate(given.messages)]
        self.size, self.window = run.using(collected)(settings.size, settings.window)
        self.now, self.counter, self.running, self.started = 0.0, 0, 0, 0
        self.events: list[tuple[float, int, int, Callable[[], None]]] = []
        self.visible: list[int] = []
        self.appeared: deque[tuple[float, Item]] = deque()
        self.busy: set[str] = set()
        self.failed: dict[str, int] = {}
        self.told: set[object] = set()
        self.deleted: list[str] = []
        for item in self.items:
            self.at(item.at, 2, partial(self.appear, item))

    def at(self, time: float, rank: int, event: Callable[[], None]) -> None:
        """Plan an event; those of one instant come by rank: ends, then messages that return, then new ones."""
        self.counter += 1
        heapq.heappush(self.events, (round(time, 6), rank, self.counter, event))

    def process_all(self) -> None:
        """Let events happen until none is left or the run is cut; then tell what remains."""
        while self.events and (self.started < self.most or self.running):
            self.now = self.events[0][0]
            while self.events and self.events[0][0] == self.now:
                heapq.heappop(self.events)[3]()
            self.start_batches()
        remaining = [item.id for item in self.items if item.state != "gone"]
        title = (
            f"{len(remaining)} of {len(self.items)} messages remain in the queue" if remaining else "The queue is empty"
        )
        why = f"The run is cut after {self.started} invocations." if remaining else ""
        self.run.step(rules.DONE, title, why, at=self.now, status="looping" if remaining else "completed",
                      remaining=remaining, receives={item.id: item.receives for item in self.items})  # fmt: skip

    # Messages

    def appear(self, item: Item) -> None:
        """Make a new message visible."""
        item.state, item.visible_since = "visible", self.now
        heapq.heappush(self.visible, item.place)
        self.appeared.append((self.now, item))

    def reappear(self, item: Item) -> None:
        """Make a message that failed visible again, or move it where it was received too often."""
        if item.group in self.failed:
            self.failed[item.group] -= 1
            if not self.failed[item.group]:
                del self.failed[item.group]
        if not self.run.using(is_moved)(item.receives, self.settings.max_receives, self.function_dead_letters):
            self.run.step(rules.VISIBLE, f"{item.id} is visible again", f"It was received {times(item.receives)}.",
                          at=self.now)  # fmt: skip
            self.appear(item)
            return
        item.state = "gone"
        target = self.settings.dead_letters or self.function_dead_letters.rsplit(":", 1)[-1]
        self.run.step(
            rules.REDRIVE, f"{item.id} moves to the dead-letter queue {target}",
            f"It was received {times(item.receives)}; maxReceiveCount is {self.settings.max_receives}.", at=self.now,
            deadLettered=Append({"id": item.id, "at": self.now, "receiveCount": item.receives}),
            draw={("lanes", item.id, "-"): [self.now, None, "dead-letter queue"]},
        )  # fmt: skip

    # Batches

    def start_batches(self) -> None:
        """Start as many batches as are full, or have waited long enough, and as may run at the same time."""
        while self.started < self.most:
            batch = self.next_batch()
            if not batch:
                return
            if not self.may_start():
                self.put_back(batch)
                return
            if len(batch) < self.size and (until := self.waits_until()) > self.now:
                self.put_back(batch)
                self.wait(batch, until)
                return
            self.start(batch)

    def next_batch(self) -> list[Item]:
        """Take the messages of the next batch out of those that are visible, in the order of the queue."""
        if self.settings.fifo:
            return self.next_of_groups()
        count = min(self.size, len(self.visible))
        return [self.items[heapq.heappop(self.visible)] for _ in range(count)]

    def next_of_groups(self) -> list[Item]:
        """Take messages of the first free group, then of the next; a group whose batch runs, or failed, waits."""
        groups: dict[str, list[int]] = {}
        for place in sorted(self.visible):
            groups.setdefault(self.items[place].group, []).append(place)
        held = self.run.using(held_up)
        taken: list[int] = []
        for group, places in groups.items():
            if group not in self.busy and not held(group, self.failed):
                taken += places[: self.size - len(taken)]
        self.visible = sorted(set(self.visible) - set(taken))
        return [self.items[place] for place in taken]

    def put_back(self, batch: list[Item]) -> None:
        """Leave the messages of a batch that does not start yet where they were."""
        for item in batch:
            heapq.heappush(self.visible, item.place)

    def may_start(self) -> bool:
        """Return whether one more batch may run now; plan another look where the limit grows."""
        minute = int(self.now // 60)
        limit = concurrent_batches(minute, self.settings.cap)
        if self.running < limit:
            return True
        if self.tell_once((limit, self.running)):
            grown = f"{rules.FIRST_BATCHES} + {rules.MORE_A_MINUTE} × {minute}"
            self.run.step(rules.SCALE, f"{limit} batches run, so the next one waits",
                          f"Minute {minute}: the smaller of {self.settings.cap} and {grown}.",
                          at=self.now)  # fmt: skip
        if limit < self.settings.cap and self.tell_once(("minute", minute)):
            self.at((minute + 1) * 60, 3, lambda: None)
        return False

    def waits_until(self) -> float:
        """Return when a batch that is not full starts: the window after the message that is visible longest."""
        while self.appeared and (self.appeared[0][1].state, self.appeared[0][1].visible_since) != (
            "visible", self.appeared[0][0],
        ):  # fmt: skip
            self.appeared.popleft()
        return round(self.appeared[0][0] + self.window, 6)

    def wait(self, batch: list[Item], until: float) -> None:
        """Let a batch wait for more messages."""
        if self.tell_once(("window", until)):
            self.run.step(rules.WINDOW, f"The batch waits until {until:g} s for more messages",
                          f"It has {len(batch)} of {self.size}; {until - self.window:g} s + {self.window} s.",
                          at=self.now)  # fmt: skip
            self.at(until, 3, lambda: None)

    def tell_once(self, key: object) -> bool:
        """Return whether this was not told before."""
        new = key not in self.told
        self.told.add(key)
        return new

    def start(self, batch: list[Item]) -> None:
        """Invoke the function with a batch."""
        for item in batch:
            item.state, item.receives, item.spans = "in flight", item.receives + 1, item.spans + 1
        self.busy |= {item.group for item in batch}
        self.running, self.started = self.running + 1, self.started + 1
        number, names = self.started, [item.id for item in batch]
        why = f"Messages in the batch: {len(batch)} of at most {self.size}."
        again = [f"{item.id} for the {ordinal(item.receives)} time" for item in batch if item.receives > 1]
        self.run.step(rules.POLL, f"Invocation {number} gets {', '.join(names)}",
                      f"{why} Received again: {', '.join(again)}." if again else why, at=self.now,
                      invocations=Append({"at": self.now, "messages": names, "result": "ok", "deleted": [],
                                          "returned": []}),
                      draw={("lanes", name, "-"): [self.now, None, f"invocation {number}"] for name in names},
                      )  # fmt: skip
        received = self.now
        self.at(self.now + self.settings.lasts, 0, partial(self.end, number, received, batch))

    def end(self, number: int, received: float, batch: list[Item]) -> None:
        """End an invocation: delete what succeeded, hide what returns until its visibility timeout has passed."""
        settings = self.settings
        self.running -= 1
        self.busy -= {item.group for item in batch}
        failed = [item.id for item in batch if item.fails() or settings.times_out]
        reports = settings.reports and not settings.times_out
        back = set(self.run.using(returned)([item.id for item in batch], failed, reports=reports))
        again = round(self.run.using(visible_again)(received, self.now, settings.visibility), 6)
        returning = [item for item in batch if item.id in back]
        self.tell_end(number, failed, batch, returning, again)
        for item in batch:
            item.state = "hidden" if item.id in back else "gone"
        for item in returning:
            item.spans += 1
            self.at(again, 1, partial(self.reappear, item))
        if settings.fifo and returning:
            self.hold_up(returning, again)

    def hold_up(self, returning: list[Item], again: float) -> None:
        """Let the groups of messages that failed wait for them."""
        for item in returning:
            self.failed[item.group] = self.failed.get(item.group, 0) + 1
        groups = sorted({item.group for item in returning})
        self.run.step(rules.FIFO, f"Message group {', '.join(groups)} waits until {again:g} s",
                      f"{', '.join(item.id for item in returning)} must come before the other messages of the group.",
                      at=self.now)  # fmt: skip

    def tell_end(
        self, number: int, failed: list[str], batch: list[Item], returning: list[Item], again: float
    ) -> None:  # fmt: skip
        """Record how an invocation ended."""
        back = [item.id for item in returning]
        deleted = [item.id for item in batch if item not in returning]
        self.deleted += deleted
        result = "ok" if not back else "partial" if deleted else "error"
        if result == "ok":
            by, title, why = rules.OK, f"Invocation {number} succeeds: {listed(deleted)} deleted", ""
        else:
            by = rules.PARTIAL if self.settings.reports and not self.settings.times_out else rules.FAILURE
            word = "fails" if result == "error" else "fails in part"
            title = f"Invocation {number} {word}: {', '.join(back)} {'returns' if len(back) == 1 else 'return'}"
            why = f"{self.cause(failed)} Visible again at {again:g} s."
            why += f" {listed(deleted)} deleted." if deleted else ""
        ended = {"result": result, "deleted": deleted, "returned": back}
        self.run.step(
            by, title, why, at=self.now,
            inside={("invocations", number - 1, key): value for key, value in ended.items()}
            | {("deleted",): list(self.deleted)},
            draw=lambda: {("lanes", item.id, item.spans - 1, 1): self.now for item in batch}
            | {("lanes", item.id, "-"): [self.now, again, "invisible"] for item in returning},
        )  # fmt: skip

    def cause(self, failed: list[str]) -> str:
        """Return why an invocation failed."""
        if self.settings.times_out:
            return f"The function does not end within its timeout of {self.settings.lasts:g} s."
        return f"The function fails on {', '.join(failed)}."


def listed(names: list[str]) -> str:
    """Return names with their verb: `a is`, `a, b are`."""
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"


def times(count: int) -> str:
    """Return `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def ordinal(count: int) -> str:
    """Return `second`, `third`, `4th`."""
    return {2: "second", 3: "third"}.get(count, f"{count}th")


def initial_state(given: Given) -> State:
    """Return a lane for each message."""
    return {"lanes": {message.id: [] for message in given.messages}}
