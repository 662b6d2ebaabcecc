"""STS GetSessionToken: are temporary keys issued, for how long, and what may they call?

The MFA code goes into the request; the session that comes back carries the fact that it was given. The request
is signed with long-term keys; IAM users get 15 minutes to 36 hours, the root user one hour at most.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer, pointer

API = "AWS STS API, GetSessionToken: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"
PERMISSIONS = (
    "IAM User Guide, Permissions for GetSessionToken: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html"
)
MFA_PAGE = (
    "IAM User Guide, Secure API access with MFA: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"
)
SHORTEST, LONGEST = 900, 129600
ROOT_LONGEST = 3600
DEFAULT = 43200
STS_ALLOWED = ("sts:assumerole", "sts:getcalleridentity")


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"sts.sessionToken.{name}", says, source, tuple(f"cli-overview.{note}" for note in notes), convention)


LONG_TERM = _rule(
    "longTerm", "Only long-term keys may ask; a session's keys are refused, whatever the policies say.", API, "15"
)
DURATION = _rule("duration", "DurationSeconds is 900 to 129600.", API, "session-token-duration")
DEFAULTS = _rule(
    "default", "Without DurationSeconds the keys last 43200 seconds, those of the root user 3600.", API,
    "session-token-duration",
)  # fmt: skip
ROOT_CUT = _rule("root", "For the root user a longer duration is cut to 3600 seconds.", API, "session-token-duration")
SHAPE = _rule("shape", "SerialNumber has 9 to 256 characters, TokenCode is six digits.", API, "15")
BOTH = _rule("both", "Serial number and code go together; one alone is refused.", API, "15")
CODE = _rule("code", "A wrong device or code is refused: AccessDenied.", API, "15")
MFA = _rule("mfa", "With a right code the session counts as authenticated with MFA.", MFA_PAGE, "15")
NO_MFA = _rule("noMfa", "Without MFA the keys are issued all the same; no permission is needed for it.", API, "15")
ISSUED = _rule(
    "issued", "The answer is an access key id, a secret key and a session token, to be used together.", API, "15",
    "session-token-use",
)  # fmt: skip
IAM = _rule("iam", "The session may call IAM only where MFA was given.", API, "session-token-limits")
STS = _rule("sts", "Of STS the session may call AssumeRole and GetCallerIdentity only.", API, "session-token-limits")
SAME = _rule(
    "same", "Otherwise it may do what its user may, as the user's policies allow.", PERMISSIONS, "session-token-limits"
)
NEEDS_MFA = _rule(
    "needsMfa", "A policy may allow an action only with aws:MultiFactorAuthPresent.", MFA_PAGE, "session-token-limits"
)


class Caller(StrictStruct, rename=None):
    """Who asks. `requires_mfa` lists actions that the caller's policies allow with MFA only."""

    type: Literal["IAMUser", "Root", "AssumedRole", "FederatedUser"] = "IAMUser"
    long_term: bool = True
    mfa_serial: str | None = None
    valid_code: str | int | None = None
    requires_mfa: list[str] = []


class Request(AwsDocument, rename="pascal"):
    serial_number: str | None = None
    token_code: str | int | None = None
    duration_seconds: int | None = None


class Given(StrictStruct, rename=None):
    caller: Caller = msgspec.field(default_factory=Caller)
    request: Request = msgspec.field(default_factory=Request)
    then: list[str] = []


# The rule functions that beliefs replace.


def may_ask(caller: Caller) -> bool:
    return caller.long_term and caller.type in ("IAMUser", "Root")


def default(kind: str) -> int:
    return ROOT_LONGEST if kind == "Root" else DEFAULT


def longest() -> int:
    return LONGEST


def cut(kind: str, seconds: int) -> int:
    return min(seconds, ROOT_LONGEST) if kind == "Root" else seconds


def may_call_iam(mfa: bool) -> bool:
    return mfa


def may_call_sts(action: str) -> bool:
    return action in STS_ALLOWED


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    may_ask: Callable[[Caller], bool] = may_ask
    default: Callable[[str], int] = default
    longest: Callable[[], int] = longest
    cut: Callable[[str, int], int] = cut
    may_call_iam: Callable[[bool], bool] = may_call_iam
    may_call_sts: Callable[[str], bool] = may_call_sts


def play(given: Given, trace: Tracer, how: How) -> None:
    """Check the request, issue the keys, try the calls."""
    if not how.may_ask(given.caller):
        raise Refused(LONG_TERM, "AccessDenied", "Cannot call GetSessionToken with session credentials")
    seconds = duration(given, trace, how)
    mfa = checked(given)
    if mfa:
        trace.step(MFA, "The MFA code is right", MFA.says)
    else:
        trace.step(NO_MFA, "No MFA code is given", NO_MFA.says)
    changes = {"/outcome/status": "issued", "/outcome/expires_in": seconds, "/outcome/mfa": mfa}
    if trace.recording:
        changes["/state/texts/session"] = (
            f"lasts {seconds} s ({seconds / 3600:g} h), {'with' if mfa else 'without'} MFA"
        )
    trace.step(ISSUED, f"Keys are issued for {seconds} seconds", ISSUED.says, changes=changes)
    for action in given.then:
        call(action, mfa, given, trace, how)


def duration(given: Given, trace: Tracer, how: How) -> int:
    """Seconds until the keys expire."""
    kind, asked = given.caller.type, given.request.duration_seconds
    if asked is None:
        seconds = how.default(kind)
        trace.step(DEFAULTS, f"No DurationSeconds: {seconds} seconds for {kind}", DEFAULTS.says)
        return seconds
    if asked < SHORTEST:
        raise Refused(DURATION, "ValidationError", f"durationSeconds must be at least {SHORTEST}", limit=SHORTEST)
    if asked > how.longest():
        raise Refused(
            DURATION, "ValidationError", f"durationSeconds must be at most {how.longest()}", limit=how.longest()
        )
    seconds = how.cut(kind, asked)
    if seconds < asked:
        trace.step(
            ROOT_CUT, f"{asked} seconds are cut to {seconds}", ROOT_CUT.says, changes={"/outcome/limit": seconds}
        )
    else:
        trace.step(DURATION, f"{asked} seconds are allowed", DURATION.says)
    return seconds


def checked(given: Given) -> bool:
    """Whether MFA was given; refused where it was tried and is wrong."""
    caller, serial, code = given.caller, given.request.serial_number, given.request.token_code
    if serial is not None and not 9 <= len(serial) <= 256:
        raise Refused(SHAPE, "ValidationError", "serialNumber must have 9 to 256 characters")
    if code is not None and not re.fullmatch(r"[0-9]{6}", digits(code)):
        raise Refused(SHAPE, "ValidationError", "tokenCode must be six digits")
    if (serial is None) != (code is None):
        message = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
        raise Refused(BOTH, "AccessDenied", message)
    if serial is not None and serial != caller.mfa_serial:
        raise Refused(CODE, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.")
    if code is not None and (caller.valid_code is None or digits(code) != digits(caller.valid_code)):
        raise Refused(CODE, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return code is not None


def digits(code: str | int) -> str:
    """A code as six digits, also where YAML read it as a number."""
    return f"{code:06d}" if isinstance(code, int) else code


def call(action: str, mfa: bool, given: Given, trace: Tracer, how: How) -> None:
    """One call with the session's keys, the user's policies allowing it."""
    name = action.lower()
    if name.startswith("iam:") and not how.may_call_iam(mfa):
        rule, allowed = IAM, False
    elif name.startswith("sts:"):
        rule, allowed = STS, how.may_call_sts(name)
    elif name in {required.lower() for required in given.caller.requires_mfa}:
        rule, allowed = NEEDS_MFA, mfa
    else:
        rule, allowed = IAM if name.startswith("iam:") else SAME, True
    word = "allowed" if allowed else "denied"
    changes: dict[str, Any] = {pointer("outcome", "calls", action): word}
    if trace.recording:
        changes[pointer("state", "texts", action)] = word
    trace.step(rule, f"{action} is {word}", rule.says, changes=changes)


def start(given: Given) -> dict[str, Any]:
    request = given.request
    said = {
        "DurationSeconds": request.duration_seconds, "SerialNumber": request.serial_number,
        "TokenCode": request.token_code,
    }  # fmt: skip
    text = ", ".join(f"{name}={value}" for name, value in said.items() if value is not None)
    return {"texts": {"caller": given.caller.type, "request": text or "no parameters"}}


# Beliefs: what people expect instead.


def anybody(caller: Caller) -> bool:
    """Believed: a role may ask for a session token too."""
    return True


def one_hour(kind: str) -> int:
    """Believed: the default is one hour, as for AssumeRole."""
    return 3600


def twelve_hours() -> int:
    """Believed: twelve hours is the most, as for AssumeRole."""
    return 43200


def root_as_users(kind: str, seconds: int) -> int:
    """Believed: the root user gets what IAM users get."""
    return seconds


def cut_to_twelve_hours(kind: str, seconds: int) -> int:
    """Believed: longer wishes are cut to twelve hours."""
    return min(seconds, 43200)


def cut_to_one_hour(kind: str, seconds: int) -> int:
    """Believed: one hour is the most, as where one role assumes another."""
    return min(seconds, 3600)


def always(mfa: bool) -> bool:
    """Believed: MFA makes no difference for IAM."""
    return True


def never(mfa: bool) -> bool:
    """Believed: IAM can never be called, MFA or not."""
    return False


def none_of_sts(action: str) -> bool:
    """Believed: the session may call nothing of STS."""
    return False


def all_of_sts(action: str) -> bool:
    """Believed: the session may call all of STS."""
    return True


BELIEFS = (
    Belief(
        "roles-may-ask", "an assumed role can get a session token too",
        "GetSessionToken wants long-term keys of an IAM user (or root); a role's keys are temporary already.",
        "may_ask", anybody, ("cli-overview.15",),
    ),
    Belief(
        "default-one-hour", "a session token lasts one hour by default",
        "One hour is AssumeRole's default; GetSessionToken's is twelve hours.", "default", one_hour,
        ("cli-overview.session-token-duration",),
    ),
    Belief(
        "at-most-twelve-hours", "a session token lasts twelve hours at most",
        "Twelve hours is the most for AssumeRole; an IAM user's session token may last 36.", "longest", twelve_hours,
        ("cli-overview.session-token-duration",),
    ),
    Belief(
        "root-as-users", "the root user's session lasts as long as asked for",
        "For the root user a longer duration is cut to one hour.", "cut", root_as_users,
        ("cli-overview.session-token-duration",),
    ),
    Belief(
        "cut-to-twelve-hours", "longer wishes are cut to twelve hours",
        "Twelve hours is only the default; an IAM user gets up to 36, and more is refused, not cut.", "cut",
        cut_to_twelve_hours, ("cli-overview.session-token-duration",),
    ),
    Belief(
        "one-hour-at-most", "a session token lasts one hour at most",
        "One hour is the most for the root user, and where one role assumes another; an IAM user gets up to 36.", "cut",
        cut_to_one_hour, ("cli-overview.session-token-duration",),
    ),
    Belief(
        "iam-without-mfa", "the session may call IAM without MFA, as its user may",
        "IAM is closed to the session unless an MFA code was given.", "may_call_iam", always,
        ("cli-overview.session-token-limits",),
    ),
    Belief(
        "none-of-sts", "the session may call nothing of STS",
        "AssumeRole and GetCallerIdentity are open to it.", "may_call_sts", none_of_sts,
        ("cli-overview.session-token-limits",),
    ),
    Belief(
        "never-iam", "keys of a session token can never call IAM",
        "They can where the session was authenticated with MFA.", "may_call_iam", never,
        ("cli-overview.session-token-limits",),
    ),
    Belief(
        "all-of-sts", "keys of a session token may call any STS action",
        "Only AssumeRole and GetCallerIdentity.", "may_call_sts", all_of_sts, ("cli-overview.session-token-limits",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="session-token",
    title="STS GetSessionToken and MFA",
    view="texts",
    rules=(LONG_TERM, DURATION, DEFAULTS, ROOT_CUT, SHAPE, BOTH, CODE, MFA, NO_MFA, ISSUED, IAM, STS, SAME, NEEDS_MFA),
    beliefs=BELIEFS,
    given=Given,
    outcome={"expires_in": None, "mfa": False, "calls": {}, "limit": None},
    statuses=("issued", "refused"),
    play=play,
    how=How(),
    start=start,
)
