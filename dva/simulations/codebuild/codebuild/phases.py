"""The phases of a build, command by command. Nothing is executed: faults say which command fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dva.simulations.codebuild.codebuild import decisions, rules
from dva.simulations.codebuild.codebuild import shell as shells
from dva.simulations.codebuild.codebuild.buildspec import ON_FAILURE, PHASES, Buildspec
from dva.simulations.codebuild.codebuild.documents import Given
from dva.simulations.codebuild.codebuild.shell import Shell
from dva.simulations.frame import Append, Draw, Run, State
from dva.trace import Place

DEFAULT_RETRIES = 3
"""(Build specification reference, on-failure.)"""
MAX_DRAWN = 12
"""Variables in the picture of the shell."""
MAX_MESSAGE = 120
"""Characters of a message that a pattern of RETRY is tried on (a limit of dva)."""


def initial_state(given: Given) -> State:
    """Return the log of each phase and the shell, before anything has run."""
    logs = {name.upper(): "" for name in PHASES}
    return {"texts": {**logs, "UPLOAD_ARTIFACTS": "", "shell": draw_shell(Shell())}}


def draw_shell(shell: Shell) -> str:
    """Return the directory and the newest variables."""
    newest = [f"{name}={value}" for name, value in islice(reversed(shell.variables.items()), MAX_DRAWN)]
    return "\n".join([f"directory: {shell.pwd or '(source root)'}", *reversed(newest)])


@dataclass
class Attempt:
    """One run through the phases of the buildspec; `ended` where a phase or the timeout has ended the build."""

    number: int
    shell: Shell
    failed: bool = False
    ended: bool = False
    timed_out: bool = False
    again: bool = False


class Build:
    """Runs the phases of a buildspec, as often as on-failure RETRY asks."""

    def __init__(self, given: Given, spec: Buildspec, variables: dict[str, str], run: Run) -> None:
        self.given, self.spec, self.run = given, spec, run
        self.initial = Shell(dict(variables))
        self.shared = run.using(decisions.shares_shell)(spec.version)
        self.message = ""
        self.logs: dict[str, str] = {}

    def log(self, phase: str, line: str) -> Draw:
        """Add a line to the log of a phase, and return the change of the picture."""
        self.logs[phase] = f"{self.logs.get(phase, '')}\n{line}".strip("\n")
        return {("texts", phase.upper()): self.logs[phase]}

    def last_attempt(self) -> Attempt:
        """Run the phases until no retry follows, and return the last attempt."""
        number = 1
        while (attempt := self.attempt(number)).again:
            number += 1
            self.run.step(
                rules.RETRY, f"The build starts anew: attempt {number}",
                inside={("phases", name.upper()): None for name in PHASES}, commands_run=[], failed_phase=None,
                state_after={"pwd": "", "variables": dict(self.initial.variables)},
            )  # fmt: skip
        return attempt

    def attempt(self, number: int) -> Attempt:
        """Run all phases once."""
        attempt = Attempt(number, self.initial.copy())
        for name in PHASES:
            if name == "build" and self.times_out(attempt):
                break
            if not self.phase(name, attempt):
                attempt.failed = True
                self.follow_up(name, attempt)
            if attempt.ended:
                break
        return attempt

    def times_out(self, attempt: Attempt) -> bool:
        """Return whether the build takes longer than its timeout, which then strikes in BUILD."""
        minutes, timeout = self.given.build_duration_minutes, self.given.timeout
        if minutes is None or minutes <= timeout:
            return False
        attempt.timed_out = attempt.ended = True
        self.run.step(
            rules.TIMEOUT, f"BUILD is TIMED_OUT after {timeout} minutes", f"The build would need {minutes:g} minutes.",
            inside={("phases", "BUILD"): "TIMED_OUT"}, draw=lambda: self.log("build", "timed out"),
        )  # fmt: skip
        return True

    def phase(self, name: str, attempt: Attempt) -> bool:
        """Run one phase, and return whether it has succeeded."""
        place, phase = ("phases", name.upper()), self.spec.phases.get(name)
        if phase is None:
            self.run.step(rules.ABSENT, f"{name.upper()} is not in the buildspec and succeeds",
                          inside={place: "SUCCEEDED"}, draw=lambda: self.log(name, "(nothing to do)"))  # fmt: skip
            return True
        succeeding = int(not attempt.failed)
        attempt.shell.builtin["CODEBUILD_BUILD_SUCCEEDING"] = str(succeeding)
        self.run.step(rules.ENTER, f"{name.upper()} starts", f"CODEBUILD_BUILD_SUCCEEDING is {succeeding}.")
        failed = any(self.command(command, name, attempt) for command in phase.commands)  # up to the first failure
        if phase.final and not phase.commands:
            self.run.step(rules.ONLY_FINALLY, f"{name.upper()} has no commands, only finally")
        if phase.final and self.run.using(decisions.finally_runs)(failed):
            self.run.step(rules.FINALLY, f"finally of {name.upper()} runs", draw=lambda: self.log(name, "finally:"))
            codes = [self.command(command, name, attempt) for command in phase.final]
            failed = failed or any(codes)
        if not failed:
            self.run.step(rules.PHASE_OK, f"{name.upper()} has succeeded", inside={place: "SUCCEEDED"})
            return True
        changes: dict[Place, object] = {place: "FAILED"}
        if not attempt.failed:
            changes["failed_phase",] = name.upper()
        self.run.step(rules.PHASE_BAD, f"{name.upper()} has failed", inside=changes)
        return False

    # One command

    def command(self, command: str, phase: str, attempt: Attempt) -> int:
        """Run an entry, with what it does to the shell, and return its exit code."""
        shell = attempt.shell if self.shared else self.initial.copy()
        shell.builtin["CODEBUILD_BUILD_SUCCEEDING"] = str(int(not attempt.failed))
        before, shell.touched = shell.pwd, {}
        codes = list(self.codes(command, shell, attempt))
        code = self.fault(command, attempt) or self.run.using(decisions.entry_code)(codes)
        first, *more = command.splitlines() or [""]
        short = f"`{first[:60]}{'...' if more or len(first) > 60 else ''}`"
        rule, title, why, line = rules.COMMAND, f"{short} succeeds", "", f"$ {command}"
        if code:
            self.message = why = f"Error while executing command: {command}. Reason: exit status {code}"
            rule, title, line = rules.FAILING, f"{short} ends with {code}", f"{line}   -> exit {code}"
        self.run.step(rule, title, why, commands_run=Append(command), draw=lambda: self.log(phase, line))
        if not code and any(codes):
            why = f"A command before it had ended with {max(codes)}."
            self.run.step(rules.LAST_PART, "A failure inside the entry goes unnoticed", why)
        if shells.is_unknown(command):
            self.run.step(rules.UNKNOWN, "What the command prints is not known")
        self.keep_state(before, shell)
        return code

    def codes(self, command: str, shell: Shell, attempt: Attempt) -> Iterator[int]:
        """List the exit codes of the parts that run.

        A part runs after `&&` on success only, after `||` on failure only; `exit` and, under `set -e`, a failure end
        the entry.
        """
        code, strict = 0, False
        parts = shells.split_command(command)
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
        """Return the exit code that a fault gives to a command; 0 where none does."""
        for fault in self.given.faults:
            if fault.command.strip() == command and (fault.attempts is None or attempt.number <= fault.attempts):
                return fault.exit
        return 0

    def keep_state(self, before: str, shell: Shell) -> None:
        """Record what a command that began in the directory `before` leaves for the next one, or what is lost."""
        values = shell.variables
        new = {name: values.get(name) for name, old in shell.touched.items() if values.get(name) != old}
        effects = [f"the directory is {shell.pwd or 'the source root'}"] if shell.pwd != before else []
        effects += [f"{name} is unset" if value is None else f"{name} = {value}" for name, value in new.items()]
        if not effects:
            return
        if not self.shared:
            self.run.step(rules.LOST, f"Lost with its shell: {', '.join(effects)}")
            return
        changes: dict[Place, object] = {("state_after", "pwd"): shell.pwd}
        if None in new.values():
            changes["state_after", "variables"] = dict(values)
        else:
            changes |= {("state_after", "variables", name): value for name, value in new.items()}
        self.run.step(rules.STATE, f"For the next command {', '.join(effects)}", inside=changes,
                      draw=lambda: {("texts", "shell"): draw_shell(shell)})  # fmt: skip

    # After a failure

    def follow_up(self, name: str, attempt: Attempt) -> None:
        """Decide what a failed phase means for the rest of the build."""
        wanted = self.spec.phases[name].on_failure
        if wanted and not self.given.project.on_ec2:
            self.run.step(rules.IGNORED, f"on-failure {wanted} is not used here")
            wanted = ""
        if wanted.startswith("RETRY") and self.retries(wanted, attempt):
            attempt.again = attempt.ended = True
            return
        attempt.ended = self.run.using(decisions.after_failure)(name, wanted.split("-")[0]) == "end"
        if wanted == "CONTINUE":
            self.run.step(rules.CONTINUE, f"{name.upper()} says CONTINUE: the next phase runs")
        elif wanted:
            self.run.step(rules.ABORT, f"{name.upper()} says {wanted}: the build ends here")

    def retries(self, wanted: str, attempt: Attempt) -> bool:
        """Return whether RETRY starts another attempt."""
        found = ON_FAILURE.fullmatch(wanted)
        assert found  # a buildspec with another on-failure does not come to its phases
        retries = DEFAULT_RETRIES if found["times"] is None else int(found["times"])
        try:
            matches = re.search(found["pattern"] or "", self.message[:MAX_MESSAGE]) is not None
        except re.error:
            matches = False
        why = f"{wanted}: {attempt.number - 1} of {retries} retries used; the message is `{self.message}`."
        title = "The message fits" if matches else "The message does not fit, so there is no retry"
        self.run.step(rules.RETRY, title, why)
        return matches and attempt.number < self.run.using(decisions.max_attempts)(retries)
