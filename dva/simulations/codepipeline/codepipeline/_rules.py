"""The rules of a pipeline: its structure, and how executions pass through it."""

from dva.simulations._before import Rule

_GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide/"
STRUCTURE = (
    f"AWS CodePipeline User Guide, CodePipeline pipeline structure reference: {_GUIDE}reference-pipeline-structure.html"
)
WORKS = f"AWS CodePipeline User Guide, How pipeline executions work: {_GUIDE}concepts-how-it-works.html"
MODES = f"AWS CodePipeline User Guide, Set or change the pipeline execution mode: {_GUIDE}execution-modes.html"
APPROVALS = f"AWS CodePipeline User Guide, Add a manual approval action to a stage: {_GUIDE}approvals-action-add.html"
RETRIES = f"AWS CodePipeline User Guide, Configuring stage retry: {_GUIDE}stage-retry.html"
ROLLBACKS = f"AWS CodePipeline User Guide, Configuring stage rollback: {_GUIDE}stage-rollback.html"
STOPS = f"AWS CodePipeline User Guide, Stop a pipeline execution: {_GUIDE}pipelines-stop.html"
FAILURES = (
    "AWS CodePipeline API, FailureConditions: "
    "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureConditions.html"
)
ROLE = f"AWS CodePipeline User Guide, Manage the CodePipeline service role: {_GUIDE}how-to-custom-role.html"
TRANSITIONS = f"AWS CodePipeline User Guide, Disable transitions: {_GUIDE}transitions.html"


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"codepipeline.{name}", says, source, tuple(f"codepipeline.{note}" for note in notes), convention)


VALID = _rule("structure.valid", "A pipeline that keeps every structure rule can be created.", STRUCTURE, "structure")
BROKEN = {
    name: _rule(f"structure.{name}", says, STRUCTURE, note)
    for name, says, note in (
        ("pipeline-name", "A pipeline's name has 1 to 100 of the characters A-Z a-z 0-9 . @ _ -", "structure"),
        ("stage-count", "A pipeline has 2 to 50 stages.", "structure"),
        ("artifact-store", "A pipeline names artifactStore, or artifactStores for several Regions, never both.",
         "cross-region"),
        ("execution-mode", "QUEUED and PARALLEL need a pipeline of type V2, and PARALLEL excludes rollback.", "queued"),
        ("stage-name", "A stage's name has 1 to 100 of the characters A-Z a-z 0-9 . @ _ -", "structure"),
        ("unique-stage-names", "No two stages of a pipeline share a name.", "structure"),
        ("action-count", "A stage has 1 to 50 actions.", "structure"),
        ("action-name", "An action's name has 1 to 100 of the characters A-Z a-z 0-9 . @ _ -", "structure"),
        ("unique-action-names", "No two actions of a stage share a name.", "structure"),
        ("category", "An action's category is Source, Build, Test, Deploy, Invoke, Approval or Compute.", "structure"),
        ("first-stage-source-only", "The first stage has source actions and no others.", "structure"),
        ("source-only-in-first-stage", "Source actions stand in the first stage only.", "structure"),
        ("run-order", "A runOrder is a whole number from 1 to 999.", "run-order"),
        ("artifact-name", "An artifact's name has 1 to 100 of the characters A-Z a-z 0-9 _ -", "06"),
        ("unique-output-artifacts", "Each output artifact has a name of its own in the whole pipeline.", "06"),
        ("input-artifact", "An input artifact is the output of an action that runs earlier.", "06"),
        ("artifact-count", "Each provider takes and makes a fixed range of artifacts.", "artifact-counts"),
        ("source-rollback", "A source stage cannot be rolled back.", "rollback"),
        ("approval-timeout", "timeoutInMinutes is for manual approvals only, 5 to 86400.", "approval"),
    )
}  # fmt: skip

START = _rule("start", "A change at the source, a schedule or a person starts an execution; all source actions run.",
              WORKS, "starts")  # fmt: skip
ENTER = _rule("stage.enter", "An execution enters a stage that is free and locks it.", WORKS, "locks")
WAIT = _rule("stage.wait", "An execution waits before a stage that another one holds.", WORKS, "locks")
SUPERSEDE = _rule("mode.superseded", "SUPERSEDED: a newer execution takes the place of the one that waits.",
                  WORKS, "superseded")  # fmt: skip
QUEUE = _rule("mode.queued", "QUEUED: executions wait in line, and none is replaced.", MODES, "queued")
PARALLEL = _rule("mode.parallel", "PARALLEL: executions do not wait for each other; no stage is locked.", MODES,
                 "parallel")  # fmt: skip
FREE = _rule("stage.unlock", "A stage is unlocked when its execution succeeds, fails or stops there.", WORKS, "locks")
TIES = _rule("ties", "At one minute ends come first, then transitions, stops, retries, rollbacks and starts.",
             "AWS does not say in which order things of one moment count.", "locks", convention=True)  # fmt: skip

ACTION = _rule("action.start", "Actions with the lowest runOrder start together, the next when all have succeeded.",
               STRUCTURE, "run-order")  # fmt: skip
SUCCEEDED = _rule("action.succeeded", "An action that succeeds puts its output artifacts into the artifact bucket.",
                  WORKS, "06")  # fmt: skip
FAILED = _rule("action.failed", "A failed action ends its stage: running ones finish, nothing further starts.",
               WORKS, "08")  # fmt: skip
MISSING = _rule("action.no-artifact", "An action whose input artifact was never made cannot start.",
                "AWS does not say how an action fails after its stage's input was skipped.", "06",
                convention=True)  # fmt: skip
DENIED = _rule("action.denied", "An action fails where its role may not make the call that it needs.", ROLE, "09")
OWN_ROLE = _rule("action.own-role", "An action with a roleArn uses that role, not the service role.", STRUCTURE, "09")
APPROVE = _rule("approval.approved", "A manual approval holds its stage until somebody approves.", APPROVALS,
                "approval")  # fmt: skip
REJECT = _rule("approval.rejected", "A rejected approval fails its action.", APPROVALS, "approval")
EXPIRE = _rule("approval.timeout", "An approval that nobody answers fails after 7 days, or its timeoutInMinutes.",
               APPROVALS, "approval")  # fmt: skip
ASK = _rule("approval.waits", "While an approval is open its stage stays locked.", WORKS, "approval")

STAGE_OK = _rule(
    "stage.succeeded", "A stage succeeds when all its actions have; the execution goes on.", WORKS, "locks"
)
STAGE_BAD = _rule("stage.failed", "A stage with a failed action fails, and so does its execution; the stage is free.",
                  WORKS, "08")  # fmt: skip
DONE = _rule("execution.succeeded", "An execution that has passed the last stage has succeeded.", WORKS, "05")
SKIP = _rule("on-failure.skip", "onFailure SKIP: the stage counts as skipped and the next one runs.", FAILURES,
             "on-failure")  # fmt: skip
AGAIN = _rule("on-failure.retry", "onFailure RETRY: the stage is retried once by itself.", FAILURES, "on-failure")
BACK = _rule("on-failure.rollback", "onFailure ROLLBACK: the stage returns to its most recent successful execution.",
             ROLLBACKS, "on-failure")  # fmt: skip

DISABLE = _rule("transition.disabled", "No execution enters a stage whose transition is disabled.", TRANSITIONS,
                "transitions")  # fmt: skip
ENABLE = _rule("transition.enabled", "When a transition is enabled again, what waits before it enters.", TRANSITIONS,
               "transitions")  # fmt: skip
TOO_LATE = _rule("transition.month", "An execution that has waited 30 days before a transition is not resumed.",
                 TRANSITIONS, "transitions")  # fmt: skip
STOP_WAIT = _rule("stop.wait", "Stop and wait: running actions finish, and nothing further starts.", STOPS, "stop")
STOP_ABANDON = _rule("stop.abandon", "Stop and abandon: running actions are no longer followed, but go on outside.",
                     STOPS, "stop")  # fmt: skip
STOPPED = _rule("stop.stopped", "A stopped execution frees its stage.", STOPS, "stop")
NO_STOP = _rule("stop.refused", "Only an execution that is in progress can be stopped.", STOPS, "stop")
RETRY = _rule("retry", "A retry runs failed actions, or the whole stage, again under the same execution id.", RETRIES,
              "retry")  # fmt: skip
NO_RETRY = _rule("retry.refused", "A stage is not retried once a later execution has entered it, nor without failure.",
                 RETRIES, "retry")  # fmt: skip
ROLLBACK = _rule("rollback", "A rollback is a new execution with the revisions and artifacts of its target.", ROLLBACKS,
                 "rollback")  # fmt: skip
NO_ROLLBACK = _rule("rollback.refused", "The target must have succeeded in that stage, and be no rollback itself.",
                    ROLLBACKS, "rollback")  # fmt: skip
ONLY_STAGE = _rule("rollback.stage-only", "A rollback runs its stage and ends there.",
                   "AWS does not say whether a rollback goes on to later stages.", "rollback",
                   convention=True)  # fmt: skip

RULES = (
    VALID, *BROKEN.values(), START, ENTER, WAIT, SUPERSEDE, QUEUE, PARALLEL, FREE, TIES, ACTION, SUCCEEDED, FAILED,
    MISSING, DENIED, OWN_ROLE, ASK, APPROVE, REJECT, EXPIRE, STAGE_OK, STAGE_BAD, DONE, SKIP, AGAIN, BACK, DISABLE,
    ENABLE, TOO_LATE, STOP_WAIT, STOP_ABANDON, STOPPED, NO_STOP, RETRY, NO_RETRY, ROLLBACK, NO_ROLLBACK, ONLY_STAGE,
)  # fmt: skip
