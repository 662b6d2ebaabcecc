"""What people believe about containers on Elastic Beanstalk instead."""

from dva.simulations.beanstalk.beanstalk_docker import engine
from dva.simulations.beanstalk.beanstalk_docker.rules import DOCKERFILE, DOCKERRUN, ON_ECS, WITH_COMPOSE, belief

belief(engine.deciding, "dockerrun-beats-dockerfile", "the Image of Dockerrun.aws.json wins over a Dockerfile",
       "With a Dockerfile the image is built, and Image is ignored.",
       "dockerfile-wins")(lambda present: DOCKERRUN if DOCKERRUN in present else engine.deciding(present))  # fmt: skip
belief(engine.deciding, "dockerfile-beats-compose", "a Dockerfile wins over docker-compose.yml",
       "docker-compose.yml is looked for first; it may build that Dockerfile itself.",
       "07")(lambda present: DOCKERFILE if DOCKERFILE in present else engine.deciding(present))  # fmt: skip
belief(engine.needs_ecs, "several-containers-need-ecs", "more than one container means Amazon ECS",
       "Docker Compose runs many on the Docker platform, without ECS.",
       "05")(lambda mode: mode in (ON_ECS, WITH_COMPOSE))  # fmt: skip
belief(engine.proxied, "host-port-is-proxied", "the proxy passes requests to HostPort",
       "It uses ContainerPort, the first one.", "port")(lambda ports: ports[0][1] if ports else None)  # fmt: skip
belief(engine.proxied, "last-port-is-proxied", "of several ports the last one counts",
       "All are opened on the container, but the proxy uses the first.",
       "port")(lambda ports: ports[-1][0] if ports else None)  # fmt: skip
belief(
    engine.is_called, "case-does-not-matter", "`dockerfile` is as good as `Dockerfile`",
    "The names are compared as they are written.", "02",
)(lambda path, name: path.lower() == name.lower())  # fmt: skip
belief(
    engine.version_for, "version-1-everywhere", "Dockerrun.aws.json version 1 works on both platforms",
    "The ECS platform takes version 2 only, and Compose version 3.", "dockerrun-versions",
)(lambda mode: "1")  # fmt: skip
belief(engine.ecs_builds, "ecs-builds-the-dockerfile", "the ECS platform builds a Dockerfile too",
       "Its images have to be built before and lie in a registry.", "08")(lambda: True)  # fmt: skip
