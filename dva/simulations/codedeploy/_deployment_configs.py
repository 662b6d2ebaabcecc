"""The deployment configurations that CodeDeploy brings along, by their names without `CodeDeployDefault.`.

AWS CodeDeploy User Guide, "Working with deployment configurations in CodeDeploy".
"""

PREFIX = "CodeDeployDefault."
SERVER = ("OneAtATime", "HalfAtATime", "AllAtOnce")

Shift = tuple[str, int, int]
"""Kind of traffic shifting, percentage, minutes."""
ALL_AT_ONCE: Shift = ("AllAtOnce", 100, 0)
TRAFFIC: dict[str, Shift] = {
    "LambdaAllAtOnce": ALL_AT_ONCE,
    "ECSAllAtOnce": ALL_AT_ONCE,
    **{f"LambdaCanary10Percent{minutes}Minutes": ("TimeBasedCanary", 10, minutes) for minutes in (5, 10, 15, 30)},
    "LambdaLinear10PercentEvery1Minute": ("TimeBasedLinear", 10, 1),
    **{f"LambdaLinear10PercentEvery{minutes}Minutes": ("TimeBasedLinear", 10, minutes) for minutes in (2, 3, 10)},
    **{f"ECSCanary10Percent{minutes}Minutes": ("TimeBasedCanary", 10, minutes) for minutes in (5, 15)},
    **{f"ECSLinear10PercentEvery{minutes}Minutes": ("TimeBasedLinear", 10, minutes) for minutes in (1, 3)},
}
