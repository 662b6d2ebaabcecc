"""The rules of containers on Elastic Beanstalk, and the documented names and versions."""

from dva.simulations.frame import Mechanism

mechanism = Mechanism("beanstalk-docker", rules="beanstalk.docker", notes="docker-in-elastic-beanstalk")
rule, belief = mechanism.rule, mechanism.belief

GUIDE = "AWS Elastic Beanstalk Developer Guide"
URL = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
SINGLE = f"{GUIDE}, Docker platform configuration: {URL}/single-container-docker-configuration.html"
IMAGE = f"{GUIDE}, Preparing your Docker image for deployment: {URL}/single-container-docker-configuration.html"
ECS = f"{GUIDE}, Using the ECS managed Docker platform branch: {URL}/create_deploy_docker_ecs.html"
V2 = f"{GUIDE}, Configuring the Dockerrun.aws.json v2 file: {URL}/create_deploy_docker_v2config.html"

PLATFORM = rule(
    "platform",
    "The Docker platform runs Docker on each instance; the ECS platform has a cluster and starts a task on each.",
    ECS, "03", "05",
)  # fmt: skip
NAMES = rule("names",
             "Only Dockerfile, docker-compose.yml and Dockerrun.aws.json at the root of the bundle count, so written.",
             IMAGE, "02")  # fmt: skip
COMPOSE_RUNS = rule("compose", "docker-compose.yml comes first: Docker Compose runs its services, one or many.", IMAGE,
                    "07")  # fmt: skip
V3 = rule("dockerrun-v3",
          "Beside docker-compose.yml a Dockerrun.aws.json has version 3 and holds the registry's Authentication only.",
          IMAGE, "dockerrun-versions")  # fmt: skip
BUILD = rule("build", "A Dockerfile is built on each instance; Image in a Dockerrun.aws.json beside it is ignored.",
             SINGLE, "dockerfile-wins")  # fmt: skip
PULL = rule("pull", "Dockerrun.aws.json version 1 alone: the image that Image.Name names is pulled.", SINGLE, "02")
PORT = rule("port",
            "The proxy passes requests to the first ContainerPort, or to the first port that the Dockerfile exposes.",
            SINGLE, "port")  # fmt: skip
MISSING = rule("missing", "Without any of the files the deployment is aborted; an Image needs Name and Ports.", SINGLE,
               "02")  # fmt: skip
VERSION = rule("version",
               "Each way has its version: 1 for one container, 2 for ECS, 3 beside Compose. Another is refused.", V2,
               "dockerrun-versions")  # fmt: skip
UNREADABLE = rule("unreadable", "A file that is not JSON, or not YAML, ends the deployment.", SINGLE)
NOT_BUILT = rule("ecs-builds-nothing",
                 "On the ECS platform nothing is built: images come from a registry, other Docker files are not read.",
                 ECS, "08")  # fmt: skip
CONTAINERS = rule("containers",
                  "A Dockerrun.aws.json version 2 has containerDefinitions as ECS wants them: name, image and memory.",
                  V2, "07")  # fmt: skip
TASK = rule("task-definition",
            "containerDefinitions, volumes and executionRoleArn become an ECS task definition; one task "
            "runs on each instance.", V2, "07")  # fmt: skip
LOGS = rule("log-volumes",
            "Each container gets a volume awseb-logs-NAME at /var/log/containers/NAME, from which logs are collected.",
            V2, "log-volumes")  # fmt: skip
HOST_PORT = rule("host-port",
                 "On the ECS platform portMappings tie a port of the instance (hostPort) to one of a container.", V2,
                 "07")  # fmt: skip
AUTHENTICATION = rule("authentication",
                      "Credentials of a private registry lie in S3, in a bucket of the environment's own Region.", V2,
                      "private-registry")  # fmt: skip

# Documented names and versions (IMAGE; V2)

COMPOSE, DOCKERFILE, DOCKERRUN = "docker-compose.yml", "Dockerfile", "Dockerrun.aws.json"
FILES = (COMPOSE, DOCKERFILE, DOCKERRUN)
"""The files that are looked for, the deciding one of the Docker platform first."""
MISNAMED = {"dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "dockerrun.aws.json"}
"""What such files are called by mistake, in lower case."""
V3_KEYS = ("AWSEBDockerrunVersion", "Authentication", "authentication")
WITH_COMPOSE, BUILT, PULLED, ON_ECS = "docker compose", "build single container", "pull single container", "ECS"
VERSIONS = {WITH_COMPOSE: "3", BUILT: "1", PULLED: "1", ON_ECS: "2"}
"""AWSEBDockerrunVersion by the way that containers run."""
LOG_VOLUME, LOG_FOLDER = "awseb-logs-", "/var/log/containers/"
FAMILY = "awseb-environment"
"""Stands for the family that Elastic Beanstalk makes of the environment's name and id."""
NUMBERS = ("cpu", "memory", "memoryReservation", "containerPort", "hostPort")
"""Members of a container that ECS takes as numbers only."""
BUNDLE_ERROR = "SourceBundleValidationError"
