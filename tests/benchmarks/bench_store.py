"""What the morning costs with ten thousand answers: `python tests/benchmarks/bench_store.py [ANSWERS]`.

Prints milliseconds, the best of several runs. `today` is what `dva` needs before it can draw: open, cards, the pace of
this learner, the choice, the plan, and how often its questions were asked.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from dva import store as room
from dva.store import Event, Store, connection, derived, log
from dva.study import effort, forecast, plan, queue
from dva.study.events import Answer

START, DAY = 1_780_000_000_000, 86_400_000
TODAY = 739_900
PROBES = 3


def fill(store: Store, answers: int) -> None:
    """A hundred days of answers on 500 cards of 12 topics."""
    rng, told = random.Random(1), list[tuple[str, int, Event]]()
    for n in range(answers):
        card = rng.randrange(500)
        body = Answer(
            question=f"q{card}.{rng.randrange(PROBES)}",
            rev=1,
            type="single",
            chosen=["a"],
            correct=rng.random() < 0.8,
            sure=True,
            notes=[f"n{card}"],
            topic=f"t{card % 12}",
            ms=rng.randrange(5_000, 90_000),
            exams={"dva-c02": "3.4", "dva-c03": "3.3"},
        )
        at = START + n * 100 * DAY // answers
        told.append(("bench", n, Event(log.new_id(), "m", n + 1, at, 60, "answer", msgspec.to_builtins(body))))
    store.merge(told)


def today(path: Path) -> None:
    """From the file to the first card."""
    with room.open(path) as store:
        cards, count = store.cards(), effort.measure(store.recent_reviews(), TODAY).cards(20)
        chosen = plan.plan_day(cards, [], TODAY, count)
        forecast.backlog(cards, TODAY, count)
        candidates = [queue.Candidate(card.id, probes(card.id)) for card in chosen.review]
        asked = store.question_stats([probe.question for one in candidates for probe in one.probes])
        queue.plan_session(candidates, [], {question: seen.last_at for question, seen in asked.items()}, 1)
        store.settings()


def rebuild(store: Store) -> None:
    """Replay the whole log."""
    with connection.transaction(store._db):
        derived.rebuild(store._db)


def probes(card: str) -> tuple[queue.Probe, ...]:
    return tuple(queue.Probe(f"q{card[1:]}.{n}", (card,), f"t{int(card[1:]) % 12}") for n in range(PROBES))


def timed(name: str, run: Callable[[], object], times: int) -> None:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1000)
    print(f"{name:44} {min(spent):9.1f}")


def main() -> None:
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dva.db"
        room.open(path).close()
        with room.open(path) as store:
            timed(f"import of {answers} answers", lambda: fill(store, answers), 1)
        timed("today", lambda: today(path), 9)
        with room.open(path) as store:
            one = Answer("q1.0", 1, "single", ["a"], True, True, ["n1"], "t1", 5)
            timed("one answer, on the disk", lambda: store.append("answer", one, START + 200 * DAY, 60), 20)
            timed("undo", lambda: store.undo(START + 200 * DAY, 60), 20)
            timed("all answers, for the report", store.reviews, 5)
            timed("days, by topic and task", lambda: store._db.execute("select * from days").fetchall(), 5)
            timed("replay of the whole log", lambda: rebuild(store), 3)
            timed("verify", store.verify, 2)
            timed("export", lambda: store.export(Path(folder) / "out.jsonl"), 2)
            timed("sync with nothing new", lambda: store.sync(Path(folder) / "share"), 3)


if __name__ == "__main__":
    main()
