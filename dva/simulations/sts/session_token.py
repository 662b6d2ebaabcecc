"""STS GetSessionToken: are temporary keys issued, for how long, and what may they call?

The MFA code goes into the request; the session that comes back carries the fact that it was given. The request
is signed with long-term keys; IAM users get 15 minutes to 36 hours, the root user one hour at most.
"""

import re
from typing import Annotated, Literal

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.aws.service_model import Request
from dva.simulations.frame import Mechanism, Outcome, Phrases, Refused, Run, State
from dva.trace import Rule

token = Mechanism("session-token", rules="sts.sessionToken", notes="cli-overview")
rule, belief = token.rule, token.belief

# Rules, in AWS's order

API = "AWS STS API, GetSessionToken: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials"
PERMISSIONS = f"IAM User Guide, Permissions for GetSessionToken: {GUIDE}_temp_control-access_getsessiontoken.html"
MFA_PAGE = f"IAM User Guide, Secure API access with MFA: {GUIDE}_mfa_configure-api-require.html"

LONG_TERM = rule("longTerm", "Only long-term keys may ask; a session's keys are refused, whatever the policies say.",
                 API, "15")  # fmt: skip
DURATION = rule("duration", "DurationSeconds is 900 to 129600.", API, "session-token-duration")
DEFAULTS = rule("default", "Without DurationSeconds the keys last 43200 seconds, those of the root user 3600.", API,
                "session-token-duration")  # fmt: skip
ROOT_CUT = rule("root", "For the root user a longer duration is cut to 3600 seconds.", API, "session-token-duration")
SHAPE = rule("shape", "SerialNumber has 9 to 256 characters, TokenCode is six digits.", API, "15")
BOTH = rule("both", "Serial number and code go together; one alone is refused.", API, "15")
CODE = rule("code", "A wrong device or code is refused: AccessDenied.", API, "15")
MFA = rule("mfa", "With a right code the session counts as authenticated with MFA.", MFA_PAGE, "15")
NO_MFA = rule("noMfa", "Without MFA the keys are issued all the same; no permission is needed for it.", API, "15")
ISSUED = rule("issued", "The answer is an access key id, a secret key and a session token, to be used together.", API,
              "15", "session-token-use")  # fmt: skip
IAM = rule("iam", "The session may call IAM only where MFA was given.", API, "session-token-limits")
STS = rule("sts", "Of STS the session may call AssumeRole and GetCallerIdentity only.", API, "session-token-limits")
SAME = rule("same", "Otherwise it may do what its user may, as the user's policies allow.", PERMISSIONS,
            "session-token-limits")  # fmt: skip
NEEDS_MFA = rule("needsMfa", "A policy may allow an action only with aws:MultiFactorAuthPresent.", MFA_PAGE,
                 "session-token-limits")  # fmt: skip

# Documented numbers (API)

MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS = 900, 129600, 43200
ROOT_MAX_SECONDS = 3600
"""Of the root user at most, and where nothing is requested."""
MIN_SERIAL, MAX_SERIAL = 9, 256
"""Characters of SerialNumber."""
TOKEN_CODE = re.compile("[0-9]{6}")
STS_ALLOWED = ("sts:assumerole", "sts:getcalleridentity")
TWELVE_HOURS, ONE_HOUR = 43200, 3600
"""What people mistake for the limits: AssumeRole's."""


class Caller(StrictStruct, rename=None):
    """Who calls GetSessionToken."""

    type: Literal["IAMUser", "Root", "AssumedRole", "FederatedUser"] = "IAMUser"
    """Kind of principal."""
    long_term: bool = True
    """Whether the request is signed with long-term keys; those of a session are temporary."""
    mfa_serial: str | None = None
    """ARN or serial number of the caller's MFA device."""
    valid_code: str | int | None = None
    """Code that the device shows now."""
    requires_mfa: list[str] = []
    """Actions that the caller's policies allow with MFA only."""


class Parameters(AwsDocument, rename="pascal"):
    """GetSessionToken's parameters."""

    serial_number: str | None = None
    """ARN or serial number of an MFA device."""
    token_code: str | int | None = None
    """Six digits that the device shows."""
    duration_seconds: int | None = None
    """Seconds that the keys are requested for."""


class Given(StrictStruct, rename=None):
    """A request for temporary keys, and what is called with them."""

    caller: Caller = field(default_factory=Caller)
    """Who calls GetSessionToken."""
    request: Parameters = field(default_factory=Parameters)
    """The parameters of the request."""
    then: list[str] = []
    """Actions that are called with the keys, such as `iam:CreateUser`."""


class Session(Outcome):
    """The temporary keys, and what they may call."""

    status: Annotated[
        Literal["issued", "refused"] | None,
        Phrases({"issued": "Temporary credentials are issued", "refused": "AWS STS rejects the request"}),
    ] = None
    """Whether keys are issued."""
    expires_in: int | None = None
    """Seconds until the keys expire."""
    mfa: bool = False
    """Whether the session counts as authenticated with MFA."""
    calls: dict[str, Literal["allowed", "denied"]] = {}
    """What each action of `then` gets."""
    limit: int | None = None
    """The limit in seconds that refused or cut the requested duration."""


def initial_state(given: Given) -> State:
    """Return caller and request as texts."""
    request = given.request
    parameters = {
        "DurationSeconds": request.duration_seconds, "SerialNumber": request.serial_number,
        "TokenCode": request.token_code,
    }  # fmt: skip
    text = ", ".join(f"{name}={value}" for name, value in parameters.items() if value is not None)
    return {"texts": {"caller": given.caller.type, "request": text or "no parameters"}}


def why_so_long(given: Given, seconds: int) -> str:
    """Return where the duration comes from."""
    asked = given.request.duration_seconds
    if asked is None:
        return f"Without DurationSeconds it is {seconds / 3600:g} h for this caller."
    if asked != seconds:
        return f"DurationSeconds is {asked}; this caller gets at most {seconds / 3600:g} h."
    return f"DurationSeconds is {asked}, which this caller may request."


def get_session_token(given: Given, run: Run) -> None:
    """Check the request, issue the keys, make the calls."""
    if not run.using(may_request)(given.caller):
        raise Refused(LONG_TERM, "AccessDenied", "Cannot call GetSessionToken with session credentials")
    seconds = duration(given, run)
    mfa = has_mfa(given)
    run.step(*((MFA, "The MFA code is right") if mfa else (NO_MFA, "No MFA code is given")))
    session = f"lasts {seconds} s ({seconds / 3600:g} h), {'with' if mfa else 'without'} MFA"
    run.step(ISSUED, f"Keys are issued for {seconds} seconds", why_so_long(given, seconds),
             draw={("texts", "session"): session}, status="issued", expires_in=seconds, mfa=mfa)  # fmt: skip
    for action in given.then:
        by, allowed = permission(action.lower(), mfa, given.caller, run)
        word = "allowed" if allowed else "denied"
        run.step(by, f"{action} is {word}", draw={("texts", action): word}, inside={("calls", action): word})


def duration(given: Given, run: Run) -> int:
    """Return the seconds until the keys expire; Refused where they are outside the limits."""
    kind, requested = given.caller.type, given.request.duration_seconds
    if requested is None:
        seconds = run.using(default_duration)(kind)
        run.step(DEFAULTS, f"No DurationSeconds: {seconds} seconds for {kind}")
        return seconds
    longest = run.using(max_duration)()
    if requested < MIN_SECONDS:
        raise Refused(DURATION, "ValidationError", f"durationSeconds must be at least {MIN_SECONDS}", limit=MIN_SECONDS)
    if requested > longest:
        raise Refused(DURATION, "ValidationError", f"durationSeconds must be at most {longest}", limit=longest)
    seconds = run.using(cut_duration)(kind, requested)
    if seconds < requested:
        run.step(ROOT_CUT, f"{requested} seconds are cut to {seconds}", limit=seconds)
    else:
        run.step(DURATION, f"{requested} seconds are allowed")
    return seconds


def has_mfa(given: Given) -> bool:
    """Return whether MFA was given; Refused where it was tried and is wrong."""
    caller, serial, code = given.caller, given.request.serial_number, given.request.token_code
    if serial is not None and not MIN_SERIAL <= len(serial) <= MAX_SERIAL:
        raise Refused(SHAPE, "ValidationError", f"serialNumber must have {MIN_SERIAL} to {MAX_SERIAL} characters")
    if code is not None and not TOKEN_CODE.fullmatch(_digits(code)):
        raise Refused(SHAPE, "ValidationError", "tokenCode must be six digits")
    if (serial is None) != (code is None):
        message = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
        raise Refused(BOTH, "AccessDenied", message)
    if serial is not None and serial != caller.mfa_serial:
        raise Refused(CODE, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.")
    if code is not None and (caller.valid_code is None or _digits(code) != _digits(caller.valid_code)):
        raise Refused(CODE, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return code is not None


def _digits(code: str | int) -> str:
    """Return a code as six digits, also where YAML read it as a number."""
    return f"{code:06d}" if isinstance(code, int) else code


def permission(action: str, mfa: bool, caller: Caller, run: Run) -> tuple[Rule, bool]:
    """Return by which rule, and whether, the session may call an action (in lower case) that its user may call."""
    of_iam = action.startswith("iam:")
    if of_iam and not run.using(may_call_iam)(mfa):
        return IAM, False
    if action.startswith("sts:"):
        return STS, run.using(may_call_sts)(action)
    if action in {required.lower() for required in caller.requires_mfa}:
        return NEEDS_MFA, mfa
    return IAM if of_iam else SAME, True


# The rule functions that beliefs replace


def may_request(caller: Caller) -> bool:
    """Return whether this caller may request a session token."""
    return caller.long_term and caller.type in ("IAMUser", "Root")


def default_duration(kind: str) -> int:
    """Return the seconds where none are requested."""
    return ROOT_MAX_SECONDS if kind == "Root" else DEFAULT_SECONDS


def max_duration() -> int:
    """Return the most seconds that can be requested."""
    return MAX_SECONDS


def cut_duration(kind: str, seconds: int) -> int:
    """Return the seconds that the keys last of those requested."""
    return min(seconds, ROOT_MAX_SECONDS) if kind == "Root" else seconds


def may_call_iam(mfa: bool) -> bool:
    """Return whether the session may call IAM."""
    return mfa


def may_call_sts(action: str) -> bool:
    """Return whether the session may call this action of STS."""
    return action in STS_ALLOWED


# What people believe instead

belief(may_request, "roles-may-ask", "an assumed role can get a session token too",
       "GetSessionToken wants long-term keys of an IAM user (or root); a role's keys are temporary already.",
       "15")(lambda caller: True)  # fmt: skip

belief(default_duration, "default-one-hour", "a session token lasts one hour by default",
       "One hour is AssumeRole's default; GetSessionToken's is twelve hours.",
       "session-token-duration")(lambda kind: ONE_HOUR)  # fmt: skip

belief(max_duration, "at-most-twelve-hours", "a session token lasts twelve hours at most",
       "Twelve hours is the most for AssumeRole; an IAM user's session token may last 36.",
       "session-token-duration")(lambda: TWELVE_HOURS)  # fmt: skip

belief(cut_duration, "root-as-users", "the root user's session lasts as long as asked for",
       "For the root user a longer duration is cut to one hour.",
       "session-token-duration")(lambda kind, seconds: seconds)  # fmt: skip

belief(cut_duration, "cut-to-twelve-hours", "longer wishes are cut to twelve hours",
       "Twelve hours is only the default; an IAM user gets up to 36, and more is refused, not cut.",
       "session-token-duration")(lambda kind, seconds: min(seconds, TWELVE_HOURS))  # fmt: skip

belief(cut_duration, "one-hour-at-most", "a session token lasts one hour at most",
       "One hour is the most for the root user, and where one role assumes another; an IAM user gets up to 36.",
       "session-token-duration")(lambda kind, seconds: min(seconds, ONE_HOUR))  # fmt: skip

belief(may_call_iam, "iam-without-mfa", "the session may call IAM without MFA, as its user may",
       "IAM is closed to the session unless an MFA code was given.",
       "session-token-limits")(lambda mfa: True)  # fmt: skip

belief(may_call_sts, "none-of-sts", "the session may call nothing of STS",
       "AssumeRole and GetCallerIdentity are open to it.", "session-token-limits")(lambda action: False)  # fmt: skip

belief(may_call_iam, "never-iam", "keys of a session token can never call IAM",
       "They can where the session was authenticated with MFA.", "session-token-limits")(lambda mfa: False)  # fmt: skip

belief(may_call_sts, "all-of-sts", "keys of a session token may call any STS action",
       "Only AssumeRole and GetCallerIdentity.", "session-token-limits")(lambda action: True)  # fmt: skip

REQUESTS = token.requests({"/request": Request("sts", "GetSessionToken")}, code="ValidationError")

SIMULATION = token.simulation(title="STS GetSessionToken and MFA", view="texts", given=Given, outcome=Session,
                              run=get_session_token, initial_state=initial_state, requests=REQUESTS)  # fmt: skip
