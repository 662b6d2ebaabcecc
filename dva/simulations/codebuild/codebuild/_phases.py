"""The phases of a build, command by command. Nothing is executed: faults say which command fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dva.simulations._before import Rule, Tracer, pointer
from dva.simulations.codebuild.codebuild import _rules as rules
from dva.simulations.codebuild.codebuild import _shell as shells
from dva.simulations.codebuild.codebuild._buildspec import ON_FAILURE, PHASES, Buildspec
from dva.simulations.codebuild.codebuild._given import Given
from dva.simulations.codebuild.codebuild._how import How
from dva.simulations.codebuild.codebuild._shell import Shell

DEFAULT_RETRIES = 3
MOST_DRAWN = 12
"""Variables in the picture of the shell."""
LONGEST_MESSAGE = 120
"""Characters of a message that a pattern of RETRY is tried on."""


@dataclass
class Attempt:
    """One run through the phases of the buildspec."""

    number: int
    shell: Shell
    failed: list[str] = field(default_factory=list)
    ended: bool = False
    timed_out: bool = False
    again: bool = False


class Build:
    """Runs the phases of a buildspec, as often as on-failure RETRY asks."""

    def __init__(self, given: Given, spec: Buildspec, env: dict[str, str], trace: Tracer, how: How) -> None:
        self.given, self.spec, self.trace, self.how = given, spec, trace, how
        self.initial = Shell(dict(env))
        self.shared = how.one_shell(spec.version)
        self.message = ""

    def say(
        self,
        rule: Rule,
        title: str,
        why: str = "",
        changes: dict[str, Any] | None = None,
        log: str = "",
        phase: str = "",
    ) -> None:
        """A step, with a line for the log of the phase."""
        changes = dict(changes or {})
        if log and self.trace.recording:
            old = self.trace.document["state"]["texts"].get(phase.upper(), "")
            changes[pointer("state", "texts", phase.upper())] = f"{old}\n{log}".strip("\n")
        self.trace.step(rule, title, why or rule.says, changes=changes)

    def run(self) -> Attempt:
        """The last attempt."""
        number = 1
        while True:
            attempt = self.attempt(number)
            if not attempt.again:
                return attempt
            number += 1
            cleared: dict[str, Any] = {pointer("outcome", "phases", name.upper()): None for name in PHASES}
            cleared |= {"/outcome/commands_run": [], "/outcome/failed_phase": None}
            cleared["/outcome/state_after"] = {"pwd": "", "variables": dict(self.initial.variables)}
            self.say(rules.RETRY, f"The build starts anew: attempt {number}", changes=cleared)

    def attempt(self, number: int) -> Attempt:
        """All phases once."""
        attempt = Attempt(number, self.initial.copy())
        for name in PHASES:
            if name == "build" and self.times_out(attempt):
                break
            if self.phase(name, attempt):
                continue
            attempt.failed.append(name)
            self.after(name, attempt)
            if attempt.ended:
                break
        return attempt

    def times_out(self, attempt: Attempt) -> bool:
        """Whether the build takes longer than its timeout, which then strikes in BUILD."""
        minutes = self.given.build_duration_minutes
        attempt.timed_out = attempt.ended = minutes is not None and minutes > self.given.timeout
        if attempt.timed_out:
            title = f"BUILD is TIMED_OUT after {self.given.timeout} minutes"
            why = f"{rules.TIMEOUT.says} The build would need {minutes:g} minutes."
            self.say(rules.TIMEOUT, title, why, {"/outcome/phases/BUILD": "TIMED_OUT"}, "timed out", "build")
        return attempt.timed_out

    def phase(self, name: str, attempt: Attempt) -> bool:
        """Run one phase; whether it has succeeded."""
        place = f"/outcome/phases/{name.upper()}"
        phase = self.spec.phases.get(name)
        if phase is None:
            title = f"{name.upper()} is not in the buildspec and succeeds"
            self.say(rules.ABSENT, title, changes={place: "SUCCEEDED"}, log="(nothing to do)", phase=name)
            return True
        succeeding = int(not attempt.failed)
        attempt.shell.own["CODEBUILD_BUILD_SUCCEEDING"] = str(succeeding)
        self.say(
            rules.ENTER, f"{name.upper()} starts", f"{rules.ENTER.says} CODEBUILD_BUILD_SUCCEEDING is {succeeding}."
        )
        failed = not self.all_of(phase.commands, name, attempt, stop=True)
        if phase.final and self.how.finally_runs(failed):
            self.say(rules.FINALLY, f"finally of {name.upper()} runs", log="finally:", phase=name)
            failed = not self.all_of(phase.final, name, attempt, stop=False) or failed
        if not failed:
            self.say(rules.PHASE_OK, f"{name.upper()} has succeeded", changes={place: "SUCCEEDED"})
            return True
        changes: dict[str, Any] = {place: "FAILED"}
        if not attempt.failed:
            changes["/outcome/failed_phase"] = name.upper()
        self.say(rules.PHASE_BAD, f"{name.upper()} has failed", changes=changes)
        return False

    def all_of(self, commands: tuple[str, ...], phase: str, attempt: Attempt, *, stop: bool) -> bool:
        """Run commands in order; whether all succeeded. With `stop` the first failure is the last command."""
        good = True
        for command in commands:
            code = self.command(command, phase, attempt)
            good = good and code == 0
            if code and stop:
                break
        return good

    # One command.

    def command(self, command: str, phase: str, attempt: Attempt) -> int:
        """The exit code of an entry, after what it does to the shell."""
        shell = attempt.shell if self.shared else self.initial.copy()
        shell.own["CODEBUILD_BUILD_SUCCEEDING"] = str(int(not attempt.failed))
        before, shell.touched = shell.pwd, {}
        codes = list(self.codes(command, shell, attempt))
        whole = self.fault(command, attempt)
        code = whole or self.how.entry_code(codes)
        changes = {"/outcome/commands_run/-": command}
        log = f"$ {command}" + (f"   -> exit {code}" if code else "")
        if code:
            self.message = f"Error while executing command: {command}. Reason: exit status {code}"
            self.say(rules.FAILING, f"`{_short(command)}` ends with {code}", self.message, changes, log, phase)
        else:
            self.say(rules.COMMAND, f"`{_short(command)}` succeeds", "", changes, log, phase)
        if not code and any(codes):
            why = f"{rules.LAST_PART.says} A command before it had ended with {max(codes)}."
            self.say(rules.LAST_PART, "A failure inside the entry goes unnoticed", why)
        self.tell_state(command, before, shell)
        return code

    def codes(self, command: str, shell: Shell, attempt: Attempt) -> Iterator[int]:
        """The exit codes of the parts that run: && after success only, || after failure only; `set -e` ends it all."""
        code, strict = 0, False
        parts = shells.simple_parts(command)
        following = [operator for operator, _ in parts[1:]] + [";"]
        for (operator, part), then in zip(parts, following, strict=True):
            if (operator == "&&" and code) or (operator == "||" and not code):
                continue
            code = self.fault(part, attempt) or shells.exit_code(part)
            if not code:
                shells.apply(part, shell)
                strict = strict or shells.stops_at_failures(part)
            yield code
            if part.split()[0] == "exit" or (code and strict and then not in ("&&", "||")):
                return

    def fault(self, command: str, attempt: Attempt) -> int:
        """The exit code that a fault gives to a command; 0 where none does."""
        for fault in self.given.faults:
            if fault.command.strip() == command and (fault.attempts is None or attempt.number <= fault.attempts):
                return fault.exit
        return 0

    def tell_state(self, command: str, before: str, after: Shell) -> None:
        """What stays of the command for the next one; `before` is the directory that it began in."""
        new = {
            name: after.variables.get(name) for name, old in after.touched.items() if after.variables.get(name) != old
        }
        told = [f"the directory is {after.pwd or 'the source root'}"] if after.pwd != before else []
        told += [f"{name} is unset" if value is None else f"{name} = {value}" for name, value in new.items()]
        if shells.is_unknown(command):
            self.say(rules.UNKNOWN, "What the command prints is not known")
        if told and not self.shared:
            self.say(rules.LOST, f"Lost with its shell: {', '.join(told)}")
        elif told:
            self.say(rules.STATE, f"For the next command {', '.join(told)}", changes=self.state(after, new))

    def state(self, shell: Shell, new: dict[str, str | None]) -> dict[str, Any]:
        """The changes of outcome and picture that a command's effect makes."""
        place = "/outcome/state_after"
        changes: dict[str, Any] = {f"{place}/pwd": shell.pwd}
        if None in new.values():
            changes[f"{place}/variables"] = dict(shell.variables)
        else:
            changes |= {pointer("outcome", "state_after", "variables", name): value for name, value in new.items()}
        if self.trace.recording:
            changes["/state/texts/shell"] = _drawn(shell)
        return changes

    # After a failure.

    def after(self, name: str, attempt: Attempt) -> None:
        """What a failed phase means for the rest of the build."""
        wanted = self.spec.phases[name].on_failure
        if wanted and not self.given.project.on_ec2:
            self.say(rules.IGNORED, f"on-failure {wanted} is not used here")
            wanted = ""
        if wanted.startswith("RETRY") and self.retries(wanted, attempt):
            attempt.again = attempt.ended = True
            return
        attempt.ended = self.how.after_failure(name, wanted.split("-")[0]) == "end"
        if wanted == "CONTINUE":
            self.say(rules.CONTINUE, f"{name.upper()} says CONTINUE: the next phase runs")
        elif wanted:
            self.say(rules.ABORT, f"{name.upper()} says {wanted}: the build ends here")

    def retries(self, wanted: str, attempt: Attempt) -> bool:
        """Whether RETRY starts another attempt."""
        found = ON_FAILURE.fullmatch(wanted)
        times, pattern = (found["times"], found["pattern"]) if found else (None, None)
        most = DEFAULT_RETRIES if times is None else int(times)
        try:
            wants = re.search(pattern or "", self.message[:LONGEST_MESSAGE]) is not None
        except re.error:
            wants = False
        why = f"{wanted}: {attempt.number - 1} of {most} retries used; the message is `{self.message}`."
        self.say(rules.RETRY, "The message fits" if wants else "The message does not fit, so there is no retry", why)
        return wants and attempt.number < self.how.most_attempts(most)


def _short(command: str) -> str:
    first, *more = command.splitlines() or [""]
    return first[:60] + ("..." if more or len(first) > 60 else "")


def _drawn(shell: Shell) -> str:
    lines = [f"directory: {shell.pwd or '(source root)'}"]
    newest = list(islice(reversed(shell.variables.items()), MOST_DRAWN))
    return "\n".join(lines + [f"{name}={value}" for name, value in reversed(newest)])


def texts() -> dict[str, str]:
    """The drawn logs before anything has run."""
    return {name.upper(): "" for name in PHASES} | {"UPLOAD_ARTIFACTS": "", "shell": _drawn(Shell())}
