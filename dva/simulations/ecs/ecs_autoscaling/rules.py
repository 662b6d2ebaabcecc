"""The rules of service auto scaling, in the order in which Application Auto Scaling applies them, and its numbers."""

from fractions import Fraction

from dva.simulations.frame import Mechanism

scaling = Mechanism("ecs-autoscaling", rules="ecs.autoscaling", notes="ecs-auto-scaling")
rule = scaling.rule

GUIDE = "Application Auto Scaling User Guide, "
URL = "https://docs.aws.amazon.com/autoscaling/application/"
ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
SERVICE = f"Amazon ECS Developer Guide, Automatically scale your service: {ECS}service-auto-scaling.html"
STEPS = f"{GUIDE}How step scaling works: {URL}userguide/step-scaling-policy-overview.html"
TRACKING = f"{GUIDE}How target tracking works: {URL}userguide/target-tracking-scaling-policy-overview.html"
SCHEDULES = f"{GUIDE}Scheduled scaling: {URL}userguide/application-auto-scaling-scheduled-scaling.html"
SUSPENDING = f"{GUIDE}Suspend and resume scaling: {URL}userguide/application-auto-scaling-suspend-resume-scaling.html"
PREDICTING = f"{GUIDE}Predictive scaling: {URL}userguide/application-auto-scaling-predictive-scaling.html"
POLICY = f"Application Auto Scaling API, PutScalingPolicy: {URL}APIReference/API_PutScalingPolicy.html"
ADJUSTMENT = f"Application Auto Scaling API, StepAdjustment: {URL}APIReference/API_StepAdjustment.html"


REQUEST = rule("request", "The scalable target and its policies must be ones that Application Auto Scaling accepts.",
               POLICY, "step-intervals")  # fmt: skip
TARGET = rule("target", "What scales is the service's desired count, between MinCapacity and MaxCapacity.", SERVICE,
              "06")  # fmt: skip
PREDICTIVE = rule("predictive", "Predictive scaling forecasts from weeks of history: not run here.", PREDICTING,
                  "predictive")  # fmt: skip

# What a datapoint means to each policy
DATAPOINT = rule("datapoint", "Each datapoint decides by itself; real alarms wait for several periods.", SERVICE,
                 "alarms", assumption=True)  # fmt: skip
NO_DATA = rule("no-data", "A policy whose metric has no data does nothing.", TRACKING, "no-data")
ALARM = rule("alarm", "A step policy acts while its CloudWatch alarm is in breach, and only then.", STEPS, "04")
ABOVE = rule("step.above", "Above the threshold a step's lower bound is included and its upper bound is not; bounds "
             "count from the threshold.", ADJUSTMENT, "step-intervals")  # fmt: skip
BELOW = rule("step.below", "Below the threshold a step's lower bound is not included and its upper bound is; bounds "
             "count from the threshold.", ADJUSTMENT, "step-intervals")  # fmt: skip
ADJUST = {
    "ChangeInCapacity": rule("adjust.change", "ChangeInCapacity adds the adjustment.", STEPS, "step-adjustment"),
    "ExactCapacity": rule("adjust.exact", "ExactCapacity sets the capacity.", STEPS, "step-adjustment"),
    "PercentChangeInCapacity": rule(
        "adjust.percent", "PercentChangeInCapacity rounds toward zero, but never to less than one task.", STEPS,
        "step-percent",
    ),
}  # fmt: skip
MAGNITUDE = rule("adjust.magnitude", "A percentage changes by at least MinAdjustmentMagnitude.", POLICY, "step-percent")
TRACK_OUT = rule("track.out", "Above its target a tracking policy wants capacity x metric / target, rounded up.",
                 TRACKING, "03")  # fmt: skip
TRACK_ZERO = rule("track.zero", "From no task at all a tracking policy starts with one, since nothing times anything "
                   "is nothing.", SERVICE, "from-zero")  # fmt: skip
TRACK_IN = rule("track.in", "Well below its target it wants less, by the same formula; real scale-in comes in smaller "
                 "steps.", TRACKING, "target-tracking-in", assumption=True)  # fmt: skip
TRACK_BAND = rule("track.band", "Between 90 % of the target and the target it does nothing.", TRACKING,
                  "target-tracking-in", assumption=True)  # fmt: skip
TRACK_DISABLED = rule("track.disabled", "With DisableScaleIn a tracking policy never removes capacity.", TRACKING,
                      "disable-scale-in")  # fmt: skip

# Several policies
AGREE = rule("agree", "Several tracking policies scale in only if all that may scale in want to.", TRACKING,
             "several-policies")  # fmt: skip
LARGEST = rule("largest", "Of several policies the one with the largest capacity wins, so out beats in.", SERVICE,
               "several-policies")  # fmt: skip

# What holds an activity back
COUNTS = rule("cooldown.counts", "In a scale-out cooldown the earlier increase counts towards the new one.", STEPS,
              "cooldown-out")  # fmt: skip
BLOCKS = rule("cooldown.blocks", "A running cooldown blocks scale-in.", STEPS, "cooldown-in")
BREAKS = rule("cooldown.breaks", "Scale-out breaks off a scale-in cooldown.", STEPS, "cooldown-in")
DEPLOYING = rule("deployment", "While a deployment runs, scale-in is off and scale-out works.", SERVICE, "deployment")
SUSPENDED = rule("suspended", "Scaling that is suspended does not happen.", SUSPENDING, "suspended")
AT_MAX = rule("max", "A policy never scales above MaxCapacity; what is above it does not scale out.", SERVICE, "limits")
AT_MIN = rule("min", "A policy never scales below MinCapacity; what is below it does not scale in.", SERVICE, "limits")

# What happens
SCALE = rule("scale", "The desired count is set, and the policy's cooldown begins.", SERVICE, "06")
SCHEDULED = rule("scheduled", "A scheduled action sets MinCapacity and MaxCapacity, and moves the capacity into them, "
                 "cooldown or not.", SCHEDULES, "05")  # fmt: skip
UNCHANGED = rule("unchanged", "Where no policy acts, the desired count stays.", SERVICE, "06")

# Documented numbers

COOLDOWN = 300
"""Seconds, the default for Amazon ECS services (PutScalingPolicy)."""
BAND = Fraction(9, 10)
"""Target tracking scales in below this share of the target (an assumption; AWS: usually more than 10 % lower)."""
