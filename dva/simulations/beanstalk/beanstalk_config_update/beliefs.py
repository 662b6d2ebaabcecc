"""What people believe about configuration updates instead."""

from collections.abc import Mapping

from dva.simulations.beanstalk import _options as options
from dva.simulations.beanstalk._options import Key
from dva.simulations.beanstalk.beanstalk_config_update import engine
from dva.simulations.beanstalk.beanstalk_config_update.rules import mechanism

belief = mechanism.belief


@belief(
    options.update_type, "rolling-is-the-default", "configuration updates are rolling unless they are turned off",
    "They are off by default in the API; RollingUpdateType alone does not turn Time or Health on.", "update-types",
)  # fmt: skip
def rolling_anyway(settings: Mapping[Key, str]) -> str:
    kind = options.update_type(settings)
    written = options.effective(settings, options.ROLLING, "RollingUpdateType")
    return (written or kind) if kind == "Disabled" else kind


belief(engine.replaces, "every-change-replaces", "every configuration change replaces the instances",
       "Only changes of the launch configuration, the instances or the VPC do.",
       "replacing-settings")(lambda changed: bool(changed))  # fmt: skip

belief(engine.batch_size, "batch-is-max-batch-size", "a batch is always MaxBatchSize",
       "MinInstancesInService makes it smaller where too few would stay.",
       "update-batch")(lambda largest, running, fewest: min(largest, running))  # fmt: skip

belief(engine.terminated_first, "replacements-come-first",
       "a rolling update launches replacements before it terminates a batch",
       "A batch is terminated first; capacity falls by the batch until its replacements are healthy.",
       "config-updates")(lambda batch: 0)  # fmt: skip

belief(engine.deploys_separately, "version-is-deployed-as-well",
       "a version that comes with a replacing change is deployed in a second step",
       "New instances come up with the new version; there is no separate deployment.",
       "version-and-settings")(lambda replacing, version: version is not None)  # fmt: skip

belief(
    engine.after_failure, "failed-update-stays-mixed",
    "a failed configuration update leaves finished batches on the new configuration",
    "That is what a failed deployment does; a configuration update is rolled back.", "update-failure",
)(lambda running, batch, number: (running - batch * (number - 1), batch * (number - 1)))  # fmt: skip
