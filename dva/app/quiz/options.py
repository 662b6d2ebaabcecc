"""The options of a quiz."""

from msgspec import Struct


class QuizOptions(Struct, frozen=True):
    """What the learner asked for; any of the last five is practice. Stored: fields keep their names."""

    topics: tuple[str, ...] = ()
    limit: int | None = None
    minutes: int | None = None
    seed: int | None = None
    cram: bool = False
    missed_days: int | None = None
    domain: str | None = None
    confident_errors: bool = False
    legacy: bool = False

    @property
    def practice(self) -> bool:
        """Whether answers leave the schedule alone."""
        return bool(self.cram or self.missed_days or self.domain or self.confident_errors or self.legacy)

    @property
    def is_whole_day(self) -> bool:
        """Whether the session is the day's own: nothing but the order was asked for."""
        return not self.practice and not self.topics and self.limit is None and self.minutes is None

    @property
    def command(self) -> str:
        """Return the command line that starts or resumes a session with these options."""
        values = {"limit": self.limit, "minutes": self.minutes, "seed": self.seed, "domain": self.domain}
        flags = ["--cram"] * self.cram + ["--confident-errors"] * self.confident_errors
        flags += ["--legacy"] * self.legacy
        flags += [f"--missed {self.missed_days}d"] if self.missed_days else []
        flags += [f"--{name} {value}" for name, value in values.items() if value is not None]
        return " ".join(["dva quiz", *self.topics, *flags])
