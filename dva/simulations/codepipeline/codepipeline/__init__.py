"""AWS CodePipeline: is a pipeline valid, and how do its executions pass through the stages?

In CodePipeline's order: the structure is checked; an execution starts, enters the first stage and locks it; its
actions run by runOrder; the stage succeeds or fails and is unlocked; the next stage is entered, or the execution
waits before it, where a newer one may take its place. (AWS CodePipeline User Guide, "How pipeline executions work",
"CodePipeline pipeline structure reference".) Nothing is executed: `durations`, `faults` and `approvals` say what each
action would do.
"""

from dva.aws.service_model import ALL, Request
from dva.simulations.codepipeline.codepipeline.documents import Given, Outcome, Pipeline
from dva.simulations.codepipeline.codepipeline.engine import initial_state, run_pipeline
from dva.simulations.codepipeline.codepipeline.rules import codepipeline

REQUESTS = codepipeline.requests({"/pipeline": Request("codepipeline", "CreatePipeline", ("pipeline",), optional=ALL)},
                                 status="invalid", kinds={"/pipeline": Pipeline})  # fmt: skip

SIMULATION = codepipeline.simulation(title="AWS CodePipeline executions", view="lanes", unit="min", given=Given,
                                     outcome=Outcome, run=run_pipeline, initial_state=initial_state,
                                     requests=REQUESTS)  # fmt: skip
