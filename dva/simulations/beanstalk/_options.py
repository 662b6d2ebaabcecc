"""Elastic Beanstalk's configuration options: how they are written, their defaults and what they may hold.

Options come as a mapping {namespace: {name: value}}, as a list of {namespace, option_name, value} or of the API's
{Namespace, OptionName, Value}, as the text of either, or wrapped as a saved configuration or an answer of
`describe-configuration-settings` wraps them. Values are always text, as the API has them.
(AWS Elastic Beanstalk Developer Guide, "General options for all environments" and "Option settings".)
"""

import json
import re
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from dva import jsonpointer
from dva.aws import yaml11
from dva.aws.document import keys_not_read
from dva.aws.jsontext import duplicate_key

Key = tuple[str, str]
"""(namespace, option name)."""
Settings = dict[Key, str]

ASG = "aws:autoscaling:asg"
LAUNCH = "aws:autoscaling:launchconfiguration"
ROLLING = "aws:autoscaling:updatepolicy:rollingupdate"
INSTANCES = "aws:ec2:instances"
VPC = "aws:ec2:vpc"
PROPERTIES = "aws:elasticbeanstalk:application:environment"
COMMAND = "aws:elasticbeanstalk:command"
ENVIRONMENT = "aws:elasticbeanstalk:environment"
HEALTH = "aws:elasticbeanstalk:healthreporting:system"
SPLITTING = "aws:elasticbeanstalk:trafficsplitting"
SQSD = "aws:elasticbeanstalk:sqsd"
ELB = "aws:elb:loadbalancer"
ELB_POLICIES = "aws:elb:policies"
RDS = "aws:rds:dbinstance"

BOOLEAN = ("true", "false")
POLICIES = ("AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable", "TrafficSplitting")
HEALTH_ORDER = ("Ok", "Warning", "Degraded", "Severe")
"""The statuses that HealthCheckSuccessThreshold may name, from the best to the worst."""
RETENTION = ("1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1827",
             "3653")  # fmt: skip
STORAGE: dict[str, tuple[str | None, tuple[int, int] | None]] = {
    "mysql": ("5", (5, 1024)), "oracle-se1": ("10", (10, 1024)), "sqlserver-ex": ("30", None),
    "sqlserver-web": ("30", None), "sqlserver-se": ("200", None), "postgres": (None, None),
}  # fmt: skip
"""DBAllocatedStorage by engine: its default and its range, in GB. That of SQL Server cannot be changed; the guide says
nothing of PostgreSQL."""
ENGINES = tuple(STORAGE)
ANY_STORAGE = 5, 1024
"""The least and the most that the guide gives for any engine."""

_TABLE: dict[str, dict[str, tuple[str | None, Any]]] = {
    ASG: {
        "Availability Zones": ("Any", ("Any", "Any 1", "Any 2", "Any 3")), "Cooldown": ("360", (0, 10000)),
        "Custom Availability Zones": (None, None), "EnableCapacityRebalancing": ("false", BOOLEAN),
        "MinSize": ("1", (1, 10000)), "MaxSize": ("4", (1, 10000)),
    },
    LAUNCH: {
        "InstanceType": (None, None), "EC2KeyName": (None, None), "IamInstanceProfile": (None, None),
        "ImageId": (None, None), "MonitoringInterval": ("5 minute", ("1 minute", "5 minute")),
        "SecurityGroups": ("elasticbeanstalk-default", None), "SSHSourceRestriction": (None, None),
        "BlockDeviceMappings": (None, None), "DisableIMDSv1": ("false", BOOLEAN), "RootVolumeType": (None, None),
        "RootVolumeSize": (None, None), "RootVolumeIOPS": (None, None), "RootVolumeThroughput": (None, (125, 1000)),
    },
    ROLLING: {
        "RollingUpdateEnabled": ("false", BOOLEAN), "RollingUpdateType": ("Time", ("Time", "Health", "Immutable")),
        "MaxBatchSize": (None, (1, 10000)), "MinInstancesInService": (None, (0, 9999)),
        "PauseTime": (None, "PT0S PT1H"), "Timeout": ("PT30M", "PT5M PT1H"),
    },
    INSTANCES: {
        "EnableSpot": ("false", BOOLEAN), "InstanceTypes": (None, None), "SpotFleetOnDemandBase": ("0", (0, 10000)),
        "SpotFleetOnDemandAboveBasePercentage": (None, (0, 100)), "SpotMaxPrice": (None, None),
        "SupportedArchitectures": (None, None),
    },
    VPC: {
        "VPCId": (None, None), "Subnets": (None, None), "ELBSubnets": (None, None), "DBSubnets": (None, None),
        "ELBScheme": ("public", ("public", "internal")), "AssociatePublicIpAddress": (None, BOOLEAN),
    },
    "aws:elasticbeanstalk:application": {"Application Healthcheck URL": (None, None)},
    COMMAND: {
        "DeploymentPolicy": ("AllAtOnce", POLICIES), "Timeout": ("600", (1, 3600)),
        "BatchSizeType": ("Percentage", ("Percentage", "Fixed")), "BatchSize": ("100", (1, 10000)),
        "IgnoreHealthCheck": ("false", BOOLEAN),
    },
    ENVIRONMENT: {
        "EnvironmentType": ("LoadBalanced", ("SingleInstance", "LoadBalanced")), "ServiceRole": (None, None),
        "LoadBalancerType": ("classic", ("classic", "application", "network")),
        "LoadBalancerIsShared": ("false", BOOLEAN),
    },
    HEALTH: {
        "SystemType": ("basic", ("basic", "enhanced")), "HealthCheckSuccessThreshold": ("Ok", HEALTH_ORDER),
        "EnhancedHealthAuthEnabled": ("true", BOOLEAN), "ConfigDocument": (None, None),
    },
    SPLITTING: {"NewVersionPercent": ("10", (1, 100)), "EvaluationTime": ("5", (3, 600))},
    SQSD: {
        "WorkerQueueURL": (None, None), "HttpPath": ("/", None), "MimeType": ("application/json", None),
        "HttpConnections": ("50", (1, 100)), "ConnectTimeout": ("5", (1, 60)), "InactivityTimeout": ("299", (1, 36000)),
        "VisibilityTimeout": ("300", (0, 43200)), "ErrorVisibilityTimeout": ("2", (0, 43200)),
        "RetentionPeriod": ("345600", (60, 1209600)), "MaxRetries": ("10", (1, 100)),
    },
    ELB: {
        "CrossZone": ("false", BOOLEAN), "SecurityGroups": (None, None), "ManagedSecurityGroup": (None, None),
    },
    ELB_POLICIES: {
        "ConnectionDrainingEnabled": ("false", BOOLEAN), "ConnectionDrainingTimeout": ("20", (1, 3600)),
        "ConnectionSettingIdleTimeout": ("60", (1, 3600)),
    },
    RDS: {
        "DBDeletionPolicy": ("Delete", ("Delete", "Retain", "Snapshot")), "HasCoupledDatabase": ("false", BOOLEAN),
        "DBUser": ("ebroot", None), "DBPassword": (None, None), "DBEngine": ("mysql", ENGINES),
        "DBEngineVersion": ("5.5", None), "DBInstanceClass": ("db.t2.micro", None), "DBAllocatedStorage": ("5", None),
        "DBSnapshotIdentifier": (None, None), "MultiAZDatabase": ("false", BOOLEAN),
    },
    "aws:elasticbeanstalk:cloudwatch:logs": {
        "StreamLogs": ("false", BOOLEAN), "DeleteOnTerminate": ("false", BOOLEAN), "RetentionInDays": ("7", RETENTION),
    },
    "aws:elasticbeanstalk:cloudwatch:logs:health": {
        "HealthStreamingEnabled": ("false", BOOLEAN), "DeleteOnTerminate": ("false", BOOLEAN),
        "RetentionInDays": ("7", RETENTION),
    },
    "aws:elasticbeanstalk:xray": {"XRayEnabled": ("false", BOOLEAN)},
    "aws:elasticbeanstalk:hostmanager": {"LogPublicationControl": ("false", BOOLEAN)},
    "aws:elasticbeanstalk:managedactions": {
        "ManagedActionsEnabled": ("false", BOOLEAN), "PreferredStartTime": (None, None),
        "ServiceRoleForManagedUpdates": (None, None),
    },
}  # fmt: skip
"""Namespace → option → (default, allowed); allowed are words, a range of whole numbers or of durations, or anything."""


_NAMESPACE = re.compile(
    r"aws:autoscaling:(asg|launchconfiguration|scheduledaction|trigger|updatepolicy:rollingupdate)"
    r"|aws:ec2:(instances|vpc)|aws:rds:dbinstance|aws:cloudformation:template:(parameter|resource:property)"
    r"|aws:elb:(healthcheck|listener(:\d+)?|loadbalancer|policies(:.+)?)"
    r"|aws:elbv2:(listener:(default|\d+)|listenerrule:.+|loadbalancer)"
    r"|aws:elasticbeanstalk:(application|cloudwatch|command|container|control|customoption|environment|healthreporting"
    r"|hostmanager|managedactions|monitoring|sns|sqsd|trafficsplitting|xray)(:.+)?"
)


class OptionError(Exception):
    """A text or structure that holds no option settings."""


def default(key: Key) -> str | None:
    """Return the service's default of an option; None where there is none or where it varies."""
    return _TABLE.get(key[0], {}).get(key[1], (None, None))[0]


def choices(place: str, *keys: Key) -> dict[str, tuple[object, ...]]:
    """Return the words that options may hold, by their place in the settings at the JSON Pointer `place`."""
    return {place + jsonpointer.join(*key): _TABLE[key[0]][key[1]][1] for key in keys}


def effective(settings: Mapping[Key, str], namespace: str, name: str) -> str | None:
    """Return what is set, or the default."""
    return settings.get((namespace, name), default((namespace, name)))


def is_enabled(settings: Mapping[Key, str], namespace: str, name: str) -> bool:
    """Return whether a boolean option is true."""
    return (effective(settings, namespace, name) or "").lower() == "true"


def number(settings: Mapping[Key, str], namespace: str, name: str) -> int | None:
    """Return the whole number that is set, or the default; only for settings without `problems`."""
    value = effective(settings, namespace, name)
    return None if value is None else int(value)


def problems(settings: Mapping[Key, str]) -> Iterator[tuple[Key, str]]:
    """Yield (option, what is wrong with its value) for each value that Elastic Beanstalk refuses."""
    for key, value in settings.items():
        if not _NAMESPACE.fullmatch(key[0]):
            yield key, "Unknown configuration setting"
            continue
        wrong = _violation(value, _TABLE.get(key[0], {}).get(key[1], (None, None))[1])
        percentage = key == (COMMAND, "BatchSize") and effective(settings, COMMAND, "BatchSizeType") == "Percentage"
        if percentage and not wrong and int(value) > 100:
            wrong = "a percentage is between 1 and 100"
        if key == (RDS, "DBAllocatedStorage"):
            wrong = _storage_problem(value, settings.get((RDS, "DBEngine")))
        if wrong:
            yield key, wrong


def _storage_problem(value: str, engine: str | None) -> str | None:
    """Return what is wrong with DBAllocatedStorage; without an engine only what no engine takes."""
    fixed, allowed = STORAGE.get(engine, (None, None)) if engine else (None, ANY_STORAGE)
    if fixed is not None and allowed is None:
        return None if value == fixed else f"{engine} has {fixed} GB, which cannot be changed"
    return _violation(value, allowed)


def invalid(key: Key, value: str, wrong: str) -> str:
    """Return AWS's sentence about a value that it refuses; `wrong` comes from `problems`."""
    if not _NAMESPACE.fullmatch(key[0]):
        return f"Invalid option specification (Namespace: '{key[0]}', OptionName: '{key[1]}'): {wrong}."
    return f"Invalid option value: '{value}' (Namespace: '{key[0]}', OptionName: '{key[1]}'): {wrong}."


def _violation(value: str, allowed: Any) -> str | None:
    if allowed is None:
        return None
    if allowed == BOOLEAN:
        return None if value.lower() in BOOLEAN else "it is true or false"
    if isinstance(allowed, str):
        low, high = allowed.split()
        length = seconds(value)
        inside = length is not None and (seconds(low) or 0) <= length <= (seconds(high) or 0)
        return None if inside else f"it is a duration between {low} and {high}"
    if isinstance(allowed[0], int):
        low, high = allowed
        inside = re.fullmatch(r"\d{1,9}", value) is not None and low <= int(value) <= high
        return None if inside else f"it is a whole number, {low} to {high}"
    return None if value in allowed else f"it is one of {', '.join(allowed)}"


def seconds(duration: str) -> int | None:
    """Return the seconds of an ISO 8601 duration `PT#H#M#S`; None for any other text."""
    found = re.fullmatch(r"PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?", duration)
    if found is None:
        return None
    return sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True))


def text(value: Any) -> str:
    """Return an option's value as the API has it: text, `true` and `false` in lower case, lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return "" if value is None else str(value)


def parse(source: str) -> Any:
    """Return the value of a JSON or YAML text; OptionError with the reader's words where it is neither."""
    return parse_with_duplicates(source)[0]


def parse_with_duplicates(source: str) -> tuple[Any, list[str]]:
    """Return the value of a JSON or YAML text, and each key that it has twice, as `key` with its line.

    OptionError with the reader's words where it is neither.
    """
    if source.lstrip().startswith("{"):
        try:
            value = json.loads(source)
        except (ValueError, RecursionError):
            pass  # a flow mapping of YAML begins the same way
        else:
            twice = duplicate_key(source)
            return value, [f"`{twice.key}` (line {twice.line})"] if twice else []
    try:
        read = yaml11.read(source, strict=False)
    except yaml11.YamlError as problem:
        raise OptionError(f"line {problem.line}: {problem.message}") from None
    return read.value, [f"`{path[-1]}` (line {line})" for path, line in read.repeated.items()]


def duplicates(value: Any) -> list[str]:
    """Return each key that a text of option settings has twice; none for other values and for texts that are wrong."""
    try:
        return parse_with_duplicates(value)[1] if isinstance(value, str) else []
    except OptionError:
        return []


def settings(value: Any) -> Settings:
    """Read option settings in any of their forms; a later entry wins. OptionError where they cannot be read."""
    if isinstance(value, str):
        value = parse(value)
    value = _unwrapped(value)
    if value is None:
        return {}
    return dict(_entries(value) if isinstance(value, list) else _shorthand(value))


WRAPPERS = ("ConfigurationSettings", "OptionSettings", "option_settings")
"""What option settings stand in: the answer of a describe call, a request or a saved configuration, a file."""


def not_read(value: Any, where: str) -> Iterator[str]:
    """List the pointers of what stands around option settings at `where` and is not read."""
    try:
        value = parse(value) if isinstance(value, str) else value
    except OptionError:
        return
    for wrapper in WRAPPERS:
        if isinstance(value, dict) and wrapper in value:
            yield from keys_not_read(value, {wrapper: None}, where)
            value, where = value[wrapper], f"{where}/{wrapper}"
            if wrapper == "ConfigurationSettings" and isinstance(value, list):
                yield from (f"{where}/{index}" for index in range(1, len(value)))
                value, where = value[0] if value else None, f"{where}/0"


def _unwrapped(value: Any) -> Any:
    for wrapper in WRAPPERS:
        if isinstance(value, dict) and wrapper in value:
            value = value[wrapper]
            if wrapper == "ConfigurationSettings" and isinstance(value, list):
                value = value[0] if value else None
    return value


def _shorthand(value: Any) -> Iterator[tuple[Key, str]]:
    if not isinstance(value, dict):
        raise OptionError("option settings are a mapping or a list")
    for namespace, options in value.items():
        if not isinstance(options, dict | None):
            raise OptionError(f"`{namespace}` is a namespace, so it holds a mapping of options")
        # A saved configuration may write `AWSEBLoadBalancer.aws:elb:policies`: the resource, then the namespace.
        plain = re.sub(r"^\w+\.(?=aws:)", "", str(namespace))
        for name, item in (options or {}).items():
            yield (plain, str(name)), text(item)


def _entries(value: list[Any]) -> Iterator[tuple[Key, str]]:
    for entry in value:
        if not isinstance(entry, dict):
            raise OptionError("an entry of option settings is {namespace, option_name, value}")
        read = {str(name).replace("_", "").lower(): item for name, item in entry.items()}
        if "optionname" not in read:
            raise OptionError("an entry of option settings needs `option_name`")
        if read.get("value") is not None or "Namespace" not in entry:
            yield (str(read.get("namespace") or PROPERTIES), str(read["optionname"])), text(read.get("value"))


def open_settings(given: dict[str, Any], names: list[str]) -> None:
    """Rewrite the option settings that hold a place of `given` as a mapping by namespace, so that it can be set.

    They may be a list, text or what `describe-configuration-settings` prints.
    """
    above = next((names[:place] for place, name in enumerate(names) if name.startswith("aws:")), [])
    try:
        holder = jsonpointer.resolve(given, jsonpointer.join(*above[:-1])) if above else {}
        found = holder[above[-1]] if above else None
        if not found or (isinstance(found, dict) and any(str(name).startswith("aws:") for name in found)):
            return
        options: dict[str, dict[str, str]] = {}
        for (namespace, name), value in settings(found).items():
            options.setdefault(namespace, {})[name] = value
        holder[above[-1]] = options
    except (KeyError, TypeError, OptionError):
        return  # nothing there, or nothing that holds options


def replaces_instances(key: Key) -> bool:
    """Return whether changing this option replaces instances: launch configuration, instances, VPC."""
    return key[0] in (LAUNCH, INSTANCES, VPC) and key[1] != "SSHSourceRestriction"


def changed(settings: Mapping[Key, str], change: Mapping[Key, str]) -> Settings:
    """Return the part of a change that differs from what is set."""
    return {key: value for key, value in change.items() if effective(settings, *key) != value}


def update_type(settings: Mapping[Key, str]) -> str:
    """Return how instances are replaced: Disabled, Time, Health or Immutable.

    Immutable needs no RollingUpdateEnabled; setting MaxBatchSize, MinInstancesInService or PauseTime turns it on.
    """
    kind = effective(settings, ROLLING, "RollingUpdateType") or "Time"
    turning_on = any((ROLLING, name) in settings for name in ("MaxBatchSize", "MinInstancesInService", "PauseTime"))
    enabled = is_enabled(settings, ROLLING, "RollingUpdateEnabled") or turning_on
    return kind if enabled or kind == "Immutable" else "Disabled"


def update_limits(settings: Mapping[Key, str]) -> tuple[int, int]:
    """Return MaxBatchSize and MinInstancesInService, with defaults that follow from the Auto Scaling group's size."""
    low, high = number(settings, ASG, "MinSize") or 1, number(settings, ASG, "MaxSize") or 1
    largest, fewest = number(settings, ROLLING, "MaxBatchSize"), number(settings, ROLLING, "MinInstancesInService")
    return (ceil(low / 3) if largest is None else largest, max(0, min(low, high - 1)) if fewest is None else fewest)
