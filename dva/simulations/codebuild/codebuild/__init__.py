"""A build of AWS CodeBuild: which commands of a buildspec run, what they leave behind, and how the build ends.

In CodeBuild's order: the project is checked, the source downloaded and the buildspec read, variables, parameters and
secrets are put together; INSTALL, PRE_BUILD, BUILD and POST_BUILD run; artifacts are uploaded and variables exported.
(AWS CodeBuild User Guide, "Build specification reference", "Build phase transitions".) Nothing is executed: `faults`
says which commands fail.
"""

from dva.aws.service_model import ALL, Request
from dva.simulations.codebuild.codebuild.documents import Given, Outcome, Problem
from dva.simulations.codebuild.codebuild.engine import run_build
from dva.simulations.codebuild.codebuild.phases import initial_state
from dva.simulations.codebuild.codebuild.rules import codebuild

REQUESTS = codebuild.requests({
    "/project": Request("codebuild", "CreateProject", optional=ALL),
    "/start_build": Request("codebuild", "StartBuild", optional=ALL),
}, outcome=lambda error: {"errors": [Problem(code=error["code"], path="", message=error["message"])]})  # fmt: skip

SIMULATION = codebuild.simulation(title="AWS CodeBuild: a build, phase by phase", view="texts", given=Given,
                                  outcome=Outcome, run=run_build, initial_state=initial_state,
                                  requests=REQUESTS)  # fmt: skip
