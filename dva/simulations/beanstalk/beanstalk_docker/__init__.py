"""Which file of a source bundle says what runs in containers on Elastic Beanstalk, and what becomes of the others?

On the Docker platform, in this order: docker-compose.yml, Dockerfile, Dockerrun.aws.json version 1; without any the
deployment is aborted. On the ECS platform only Dockerrun.aws.json version 2 counts: it becomes an ECS task definition.
"""

from dva.simulations.beanstalk.beanstalk_docker import beliefs  # noqa: F401
from dva.simulations.beanstalk.beanstalk_docker.documents import Containers, Given
from dva.simulations.beanstalk.beanstalk_docker.engine import deploy, initial_state
from dva.simulations.beanstalk.beanstalk_docker.rules import mechanism

SIMULATION = mechanism.simulation(
    title="Docker on Elastic Beanstalk", view="texts", given=Given, outcome=Containers, run=deploy,
    initial_state=initial_state, choices={"/given/platform": ("Docker", "ECS")},
)  # fmt: skip
