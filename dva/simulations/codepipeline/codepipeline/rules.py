"""The rules of a pipeline: its structure, and how executions pass through it."""

from dva.simulations.frame import Mechanism

codepipeline = Mechanism("codepipeline", rules="codepipeline", notes="codepipeline")
rule, belief = codepipeline.rule, codepipeline.belief

DOCS = "https://docs.aws.amazon.com/codepipeline/latest/"
PAGES = f"{DOCS}userguide/"
GUIDE = "AWS CodePipeline User Guide"
STRUCTURE = f"{GUIDE}, CodePipeline pipeline structure reference: {PAGES}reference-pipeline-structure.html"
WORKS = f"{GUIDE}, How pipeline executions work: {PAGES}concepts-how-it-works.html"
MODES = f"{GUIDE}, Set or change the pipeline execution mode: {PAGES}execution-modes.html"
APPROVALS = f"{GUIDE}, Add a manual approval action to a stage: {PAGES}approvals-action-add.html"
RETRIES = f"{GUIDE}, Configuring stage retry: {PAGES}stage-retry.html"
ROLLBACKS = f"{GUIDE}, Configuring stage rollback: {PAGES}stage-rollback.html"
STOPS = f"{GUIDE}, Stop a pipeline execution: {PAGES}pipelines-stop.html"
FAILURES = f"AWS CodePipeline API, FailureConditions: {DOCS}APIReference/API_FailureConditions.html"
ROLE = f"{GUIDE}, Manage the CodePipeline service role: {PAGES}how-to-custom-role.html"
TRANSITIONS = f"{GUIDE}, Disable transitions: {PAGES}transitions.html"

VALID = rule("structure.valid", "A pipeline that keeps every structure rule can be created.", STRUCTURE, "structure")
BROKEN = {
    name: rule(f"structure.{name}", statement, STRUCTURE, note)
    for name, statement, note in (
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
BROKEN |= {
    "namespace": rule("structure.namespace", "A namespace has 1 to 100 of the characters A-Z a-z 0-9 @ _ -",
                      f"AWS CodePipeline API, ActionDeclaration: {DOCS}APIReference/API_ActionDeclaration.html",
                      "variables"),
    "unique-namespaces": rule("structure.unique-namespaces", "No two actions of a pipeline share a namespace.",
                              "CodePipeline's answer, as reported: https://github.com/aws/aws-cdk/issues/6111",
                              "variables"),
    "trigger-shape": rule("structure.trigger-shape", "A trigger names its source action and has 1 to 3 filters of a "
                          "kind, each list 1 to 8 patterns of 1 to 255 characters.",
                          "AWS CodePipeline API, GitConfiguration, and the service model of botocore 1.44.8: "
                          f"{DOCS}APIReference/API_GitConfiguration.html", "starts"),
    "trigger-type": rule("structure.trigger-type", "Triggers need a pipeline of type V2.",
                         "CodePipeline's answer, as reported: "
                         "https://github.com/cloudposse/terraform-aws-ecs-codepipeline/issues/145", "starts"),
    "trigger-source": rule("structure.trigger-source", "A trigger belongs to a source action with a connection, and "
                           "each such action has one trigger at most.",
                           "CodePipeline's answer, as reported: https://github.com/aws/aws-cdk/issues/28694",
                           "starts"),
    "trigger-filters": rule("structure.trigger-filters", "A push filter has tags, or branches with or without file "
                            "paths; tags go with neither.",
                            f"{GUIDE}, Automate starting pipelines using triggers and filtering: "
                            f"{PAGES}pipelines-triggers.html; CodePipeline's answer, as reported: "
                            "https://github.com/hashicorp/terraform-provider-aws/issues/43105", "starts"),
}  # fmt: skip

START = rule("start", "A change at the source, a schedule or a person starts an execution; all source actions run.",
             WORKS, "starts")  # fmt: skip
ENTER = rule("stage.enter", "An execution enters a stage that is free and locks it.", WORKS, "locks")
WAIT = rule("stage.wait", "An execution waits before a stage that another one holds.", WORKS, "locks")
SUPERSEDE = rule("mode.superseded", "SUPERSEDED: a newer execution takes the place of the one that waits.",
                 WORKS, "superseded")  # fmt: skip
QUEUE = rule("mode.queued", "QUEUED: executions wait in line, and none is replaced.", MODES, "queued")
PARALLEL = rule("mode.parallel", "PARALLEL: executions do not wait for each other; no stage is locked.", MODES,
                "parallel")  # fmt: skip
FREE = rule("stage.unlock", "A stage is unlocked when its execution succeeds, fails or stops there.", WORKS, "locks")
TIES = rule("ties", "At one minute ends come first, then transitions, stops, retries, rollbacks and starts.",
            "AWS does not say in which order things of one moment count.", "locks", assumption=True)  # fmt: skip

ACTION = rule("action.start", "Actions with the lowest runOrder start together, the next when all have succeeded.",
              STRUCTURE, "run-order")  # fmt: skip
SUCCEEDED = rule("action.succeeded", "An action that succeeds puts its output artifacts into the artifact bucket.",
                 WORKS, "06")  # fmt: skip
FAILED = rule("action.failed", "A failed action ends its stage: running ones finish, nothing further starts.",
              WORKS, "08")  # fmt: skip
MISSING = rule("action.no-artifact", "An action whose input artifact was never made cannot start.",
               "AWS does not say how an action fails after its stage's input was skipped.", "06",
               assumption=True)  # fmt: skip
DENIED = rule("action.denied", "An action fails where its role may not make the call that it needs.", ROLE, "09")
OWN_ROLE = rule("action.own-role", "An action with a roleArn uses that role, not the service role.", STRUCTURE, "09")
ASK = rule("approval.waits", "While an approval is open its stage stays locked.", WORKS, "approval")
APPROVE = rule("approval.approved", "A manual approval holds its stage until somebody approves.", APPROVALS, "approval")
REJECT = rule("approval.rejected", "A rejected approval fails its action.", APPROVALS, "approval")
EXPIRE = rule("approval.timeout", "An approval that nobody answers fails after 7 days, or its timeoutInMinutes.",
              APPROVALS, "approval")  # fmt: skip

STAGE_OK = rule("stage.succeeded", "A stage succeeds when all its actions have; the execution goes on.", WORKS, "locks")
STAGE_BAD = rule("stage.failed", "A stage with a failed action fails, and so does its execution; the stage is free.",
                 WORKS, "08")  # fmt: skip
DONE = rule("execution.succeeded", "An execution that has passed the last stage has succeeded.", WORKS, "05")
SKIP = rule("on-failure.skip", "onFailure SKIP: the stage counts as skipped and the next one runs.", FAILURES,
            "on-failure")  # fmt: skip
AGAIN = rule("on-failure.retry", "onFailure RETRY: the stage is retried once by itself.", FAILURES, "on-failure")
BACK = rule("on-failure.rollback", "onFailure ROLLBACK: the stage returns to its most recent successful execution.",
            ROLLBACKS, "on-failure")  # fmt: skip

DISABLE = rule("transition.disabled", "No execution enters a stage whose transition is disabled.", TRANSITIONS,
               "transitions")  # fmt: skip
ENABLE = rule("transition.enabled", "When a transition is enabled again, what waits before it enters.", TRANSITIONS,
              "transitions")  # fmt: skip
TOO_LATE = rule("transition.month", "An execution that has waited 30 days before a transition is not resumed.",
                TRANSITIONS, "transitions")  # fmt: skip
STOP_WAIT = rule("stop.wait", "Stop and wait: running actions finish, and nothing further starts.", STOPS, "stop")
STOP_ABANDON = rule("stop.abandon", "Stop and abandon: running actions are no longer followed, but go on outside.",
                    STOPS, "stop")  # fmt: skip
STOPPED = rule("stop.stopped", "A stopped execution frees its stage.", STOPS, "stop")
NO_STOP = rule("stop.refused", "Only an execution that is in progress can be stopped.", STOPS, "stop")
RETRY = rule("retry", "A retry runs failed actions, or the whole stage, again under the same execution id.", RETRIES,
             "retry")  # fmt: skip
NO_RETRY = rule("retry.refused", "A stage is not retried once a later execution has entered it, nor without failure.",
                RETRIES, "retry")  # fmt: skip
ROLLBACK = rule("rollback", "A rollback is a new execution with the revisions and artifacts of its target.", ROLLBACKS,
                "rollback")  # fmt: skip
NO_ROLLBACK = rule("rollback.refused", "The target must have succeeded in that stage, and be no rollback itself.",
                   ROLLBACKS, "rollback")  # fmt: skip
ONLY_STAGE = rule("rollback.stage-only", "A rollback runs its stage and ends there.",
                  "AWS does not say whether a rollback goes on to later stages.", "rollback",
                  assumption=True)  # fmt: skip
