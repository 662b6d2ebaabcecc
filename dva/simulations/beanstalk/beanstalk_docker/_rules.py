"""The rules of what runs in containers on Elastic Beanstalk's two Docker platforms."""

from dva.simulations._before import Rule

GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"
SINGLE = (
    "AWS Elastic Beanstalk Developer Guide, Docker platform configuration: "
    f"{GUIDE}/single-container-docker-configuration.html"
)
PREPARE = (
    "AWS Elastic Beanstalk Developer Guide, Preparing your Docker image for deployment: "
    f"{GUIDE}/single-container-docker-configuration.html"
)
ECS = (
    "AWS Elastic Beanstalk Developer Guide, Using the ECS managed Docker platform branch: "
    f"{GUIDE}/create_deploy_docker_ecs.html"
)
V2 = (
    "AWS Elastic Beanstalk Developer Guide, Configuring the Dockerrun.aws.json v2 file: "
    f"{GUIDE}/create_deploy_docker_v2config.html"
)

PLATFORM = Rule(
    "beanstalk.docker.platform",
    "The Docker platform runs Docker on each instance; the ECS platform has a cluster and starts a task on each.",
    ECS,
    ("docker-in-elastic-beanstalk.03", "docker-in-elastic-beanstalk.05"),
)
NAMES = Rule(
    "beanstalk.docker.names",
    "Only Dockerfile, docker-compose.yml and Dockerrun.aws.json at the root of the bundle count, so written.",
    PREPARE,
    ("docker-in-elastic-beanstalk.02",),
)
COMPOSE = Rule(
    "beanstalk.docker.compose",
    "docker-compose.yml comes first: Docker Compose runs its services, one or many.",
    PREPARE,
    ("docker-in-elastic-beanstalk.07",),
)
V3 = Rule(
    "beanstalk.docker.dockerrun-v3",
    "Beside docker-compose.yml a Dockerrun.aws.json has version 3 and holds the registry's Authentication only.",
    PREPARE,
    ("docker-in-elastic-beanstalk.dockerrun-versions",),
)
BUILD = Rule(
    "beanstalk.docker.build",
    "A Dockerfile is built on each instance; Image in a Dockerrun.aws.json beside it is ignored.",
    SINGLE,
    ("docker-in-elastic-beanstalk.dockerfile-wins",),
)
PULL = Rule(
    "beanstalk.docker.pull",
    "Dockerrun.aws.json version 1 alone: the image that Image.Name names is pulled.",
    SINGLE,
    ("docker-in-elastic-beanstalk.02",),
)
PORT = Rule(
    "beanstalk.docker.port",
    "The proxy passes requests to the first ContainerPort, or to the first port that the Dockerfile exposes.",
    SINGLE,
    ("docker-in-elastic-beanstalk.port",),
)
MISSING = Rule(
    "beanstalk.docker.missing",
    "Without any of the files the deployment is aborted; an Image needs Name and Ports.",
    SINGLE,
    ("docker-in-elastic-beanstalk.02",),
)
VERSION = Rule(
    "beanstalk.docker.version",
    "Each way has its version: 1 for one container, 2 for ECS, 3 beside Compose. Another is refused.",
    V2,
    ("docker-in-elastic-beanstalk.dockerrun-versions",),
)
UNREADABLE = Rule(
    "beanstalk.docker.unreadable",
    "A file that is not JSON, or not YAML, ends the deployment.",
    SINGLE,
)
NOT_BUILT = Rule(
    "beanstalk.docker.ecs-builds-nothing",
    "On the ECS platform nothing is built: images come from a registry, other Docker files are not read.",
    ECS,
    ("docker-in-elastic-beanstalk.08",),
)
CONTAINERS = Rule(
    "beanstalk.docker.containers",
    "A Dockerrun.aws.json version 2 has containerDefinitions as ECS wants them: name, image and memory.",
    V2,
    ("docker-in-elastic-beanstalk.07",),
)
TASK = Rule(
    "beanstalk.docker.task-definition",
    "containerDefinitions, volumes and executionRoleArn become an ECS task definition; one task runs on each instance.",
    V2,
    ("docker-in-elastic-beanstalk.07",),
)
HOST_PORT = Rule(
    "beanstalk.docker.host-port",
    "On the ECS platform portMappings tie a port of the instance (hostPort) to one of a container.",
    V2,
    ("docker-in-elastic-beanstalk.07",),
)
LOGS = Rule(
    "beanstalk.docker.log-volumes",
    "Each container gets a volume awseb-logs-NAME at /var/log/containers/NAME, from which logs are collected.",
    V2,
    ("docker-in-elastic-beanstalk.log-volumes",),
)
AUTHENTICATION = Rule(
    "beanstalk.docker.authentication",
    "Credentials of a private registry lie in S3, in a bucket of the environment's own Region.",
    V2,
    ("docker-in-elastic-beanstalk.private-registry",),
)

ALL = (
    PLATFORM, NAMES, COMPOSE, V3, BUILD, PULL, PORT, MISSING, VERSION, UNREADABLE, NOT_BUILT, CONTAINERS, TASK, LOGS,
    HOST_PORT, AUTHENTICATION,
)  # fmt: skip
