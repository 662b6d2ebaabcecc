"""The rate limiter of adaptive mode: how long a request is held back in the client.

It is off until the first throttle. From then on a token bucket lets requests through at a rate that
falls to 0.7 of what was sent when a throttle comes, and grows by CUBIC while none does.
"""

from dataclasses import dataclass
from math import floor

BETA, SCALE = 0.7, 0.4
SMOOTHING, WINDOW = 0.8, 0.5
MIN_RATE = 0.5
MAX_TIMES_MEASURED = 2.0
"""Numbers of botocore/retries/adaptive.py and throttling.py; the window in seconds, the rate in requests a second."""


@dataclass
class Limiter:
    """One client's limiter. Times in seconds since the client was made, rates in requests a second."""

    enabled: bool = False
    rate: float = 1.0
    capacity: float = 1.0
    tokens: float = 0.0
    filled_at: float = 0.0
    measured: float = 0.0
    window: float = 0.0
    count: int = 0
    most: float = 0.0
    failed_at: float = 0.0

    def hold(self, now: float) -> float:
        """Take a token for a request; return the seconds to wait before it may be sent."""
        if not self.enabled:
            return 0.0
        self._fill(now)
        wait = max(0.0, (1 - self.tokens) / self.rate)
        self._fill(now + wait)
        self.tokens -= 1
        return wait

    def update(self, now: float, *, throttled: bool) -> float:
        """Measure, as a response has come; set and return the new rate."""
        self._measure(now)
        if throttled:
            self.most = min(self.measured, self.rate) if self.enabled else self.measured
            self.failed_at, self.enabled = now, True
            wanted = self.most * BETA
        else:
            since = now - self.failed_at
            wanted = SCALE * (since - (self.most * (1 - BETA) / SCALE) ** (1 / 3)) ** 3 + self.most
        rate = min(wanted, MAX_TIMES_MEASURED * self.measured)
        self._fill(now)
        self.rate, self.capacity = max(rate, MIN_RATE), max(rate, 1.0)
        self.tokens = min(self.tokens, self.capacity)
        return self.rate

    def _measure(self, now: float) -> None:
        window = floor(now / WINDOW) * WINDOW
        self.count += 1
        if window > self.window:
            recent = self.count / (window - self.window)
            self.measured = recent * SMOOTHING + self.measured * (1 - SMOOTHING)
            self.count, self.window = 0, window

    def _fill(self, now: float) -> None:
        self.tokens = min(self.capacity, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
