"""What people believe of AppSpec files instead."""

from typing import Any

from dva.aws.ruby import to_s
from dva.simulations.codedeploy import _appspec_file as agent
from dva.simulations.codedeploy import _lifecycle as lifecycle
from dva.simulations.codedeploy.appspec.rules import belief

belief(agent.mode_text, "a-mode-is-what-is-written", "mode: 0755 means the mode 755",
       "Without quotes it is an octal number for YAML 1.1: 493, and 9 is no digit of a mode.",
       "mode")(lambda value: f"{value:03o}" if isinstance(value, int) else agent.mode_text(value))  # fmt: skip

belief(agent.version_fits, "version-may-be-text", 'version: "0.0" is the same as version: 0.0',
       "The agent compares with the number 0.0; text never equals it.",
       "version")(lambda value: agent.version_fits(value) or value == "0.0")  # fmt: skip

belief(agent.os_fits, "os-in-any-case", "os: Linux is as good as os: linux", "The word is compared letter by letter.",
       "version")(lambda value, host: to_s(value).lower() == host)  # fmt: skip


@belief(agent.timeout_seconds, "timeout-at-most-an-hour", "the agent refuses a script timeout above 3600 seconds",
        "The agent has no upper limit; the service ends a lifecycle event after 3600 seconds.", "timeouts")  # fmt: skip
def at_most_an_hour(value: Any) -> int | None:
    seconds = agent.timeout_seconds(value)
    return seconds if seconds is None or seconds <= agent.DEFAULT_TIMEOUT else 0


belief(agent.timeout_seconds, "timeout-in-minutes-and-seconds", "timeout: 1:30 is a minute and a half",
       "YAML 1.1 as Ruby reads it takes hours and minutes: 5400 seconds.",
       "timeouts")(lambda value: 90 if value == 5400 else agent.timeout_seconds(value))  # fmt: skip

belief(agent.event_fits, "event-names-are-checked", "a misspelled event is refused when the file is read",
       "The reader takes any name. Install refuses it, after the old revision was stopped.",
       "unknown-event")(lambda event: event in lifecycle.AGENT)  # fmt: skip
