"""The EC2 instance metadata service: which of these calls are answered, and with what?

IMDSv1 is a plain GET. IMDSv2 is a PUT for a token, whose answer travels at most HttpPutResponseHopLimit hops,
then GETs that carry the token. HttpTokens decides whether a GET without a token is still answered.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Literal

import msgspec

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer, pointer

EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/"
GUIDE = "Amazon EC2 User Guide, "
PAGE = f"{GUIDE}Use IMDS to access instance metadata: {EC2}UserGuide/configuring-instance-metadata-service.html"
CODES = f"{GUIDE}Access instance metadata, response codes: {EC2}UserGuide/instancedata-data-retrieval.html"
LAST = "last"
OPTIONS = f"Amazon EC2 API, InstanceMetadataOptionsRequest: {EC2}APIReference/API_InstanceMetadataOptionsRequest.html"
PUT_PATH = "/latest/api/token"
ROOT = "/latest/meta-data"
CREDENTIALS = f"{ROOT}/iam/security-credentials"
LONGEST = 21600
CONTAINER_HOPS = 2
"""A container behind its own bridge network is one hop further than the instance itself."""
SECONDS = re.compile("-?[0-9]{1,9}")
TOKEN_HEADER, TTL_HEADER = "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"
METADATA = {
    "ami-id": "ami-0abcdef1234567890",
    "instance-id": "i-1234567890abcdef0",
    "instance-type": "t3.micro",
    "local-ipv4": "10.0.0.12",
    "placement/availability-zone": "eu-west-1a",
    "placement/region": "eu-west-1",
    "public-ipv4": "203.0.113.25",
}
"""What an instance says where `given.metadata` says nothing, by path below /latest/meta-data/."""


def _rule(name: str, says: str, source: str, *notes: str, convention: bool = False) -> Rule:
    return Rule(f"ec2.imds.{name}", says, source, tuple(f"cli-overview.{note}" for note in notes), convention)


DISABLED = _rule("disabled", "With HttpEndpoint disabled every call is answered 403.", CODES, "imds-options")
HOPS = _rule(
    "hopLimit", "The answer to the PUT travels at most HttpPutResponseHopLimit hops; a container needs 2.", OPTIONS,
    "imds-hop-limit",
)  # fmt: skip
FORWARDED = _rule(
    "forwarded", "A PUT that carries X-Forwarded-For, as a proxy adds it, is refused with 403.", PAGE, "08"
)
TTL = _rule(
    "ttl", "The PUT must say for how long the token lasts: 1 to 21600 seconds; anything else is 400.", CODES, "08"
)
TOKEN = _rule("token", "The PUT answers with a session token.", PAGE, "08")
NAMES = _rule("tokenName", "Tokens are called token-1, token-2, and so on.", "dva", "08", convention=True)
REQUIRED = _rule(
    "required", "With HttpTokens required a GET without a token is answered 401.", PAGE, "08", "imds-options"
)
V1 = _rule("optional", "With HttpTokens optional a plain GET (IMDSv1) is answered.", PAGE, "08", "imds-options")
INVALID = _rule("invalid", "A GET with a token that is unknown or has expired is answered 401.", CODES, "08")
ANSWER = _rule("answer", "A GET that is let in is answered with the metadata at its path.", PAGE, "08")
ROLE = _rule(
    "credentials", "iam/security-credentials/ names the instance's role, and below it are the role's temporary keys.",
    PAGE, "05",
)  # fmt: skip
MISSING = _rule(
    "notFound", "What is not there is answered 404, the role of an instance without one included.", CODES, "05"
)


class MetadataOptions(AwsDocument, rename="pascal"):
    http_tokens: Literal["optional", "required"] = "optional"
    http_put_response_hop_limit: int = 1
    http_endpoint: Literal["enabled", "disabled"] = "enabled"


class Instance(MetadataOptions, rename="pascal"):
    """The options flat or as MetadataOptions; `role` is the role of its instance profile."""

    known = frozenset({"State", "HttpProtocolIpv6", "InstanceMetadataTags"})
    wrappers = ("Reservations", "Instances")
    metadata_options: MetadataOptions | None = None
    role: str | None = msgspec.field(default=None, name="role")

    @property
    def options(self) -> MetadataOptions:
        return self.metadata_options or self


class Call(StrictStruct, rename=None):
    """A PUT or a GET of a path; `token` is a token's text, or `last` for the last one handed out.

    `token` and `ttl` may stand among the headers instead, under AWS's names.
    """

    GET: str | None = None
    PUT: str | None = None
    ttl: int | None = None
    token: str | None = None
    sender: Literal["instance", "container"] = msgspec.field(default="instance", name="from")
    headers: dict[str, str | int] = {}
    t: float = 0

    def header(self, name: str) -> str | None:
        """A header's value, whatever the letter case of its name."""
        return next((str(value) for key, value in self.headers.items() if key.lower() == name), None)

    @property
    def shown(self) -> str | None:
        """The token that the call carries."""
        return self.header(TOKEN_HEADER) if self.token is None else self.token

    @property
    def wanted(self) -> int | None:
        """The seconds that a PUT asks for."""
        said = self.header(TTL_HEADER) or ""
        if self.ttl is not None or not SECONDS.fullmatch(said):
            return self.ttl
        return int(said)


class Given(StrictStruct, rename=None):
    calls: list[Call]
    instance: Instance = msgspec.field(default_factory=Instance)
    metadata: dict[str, str] = msgspec.field(default_factory=METADATA.copy)


# The rule functions that beliefs replace.


def needs_token(options: MetadataOptions) -> bool:
    return options.http_tokens == "required"


def reaches(method: str, limit: int, hops: int) -> bool:
    """Only the answer to the PUT counts its hops."""
    return method != "PUT" or hops <= limit


def lasts(ttl: int | None) -> bool:
    return ttl is not None and 1 <= ttl <= LONGEST


def accepts(known: bool, expired: bool, required: bool) -> bool:
    """A token that is sent must be a good one, also where none is required."""
    return known and not expired


@dataclass(frozen=True)
class How:
    """The rule functions that a belief may replace."""

    needs_token: Callable[[MetadataOptions], bool] = needs_token
    reaches: Callable[[str, int, int], bool] = reaches
    lasts: Callable[[int | None], bool] = lasts
    accepts: Callable[[bool, bool, bool], bool] = accepts


@dataclass
class Service:
    """The metadata service of one instance, and the tokens that it has handed out: token → moment of its end."""

    given: Given
    trace: Tracer
    how: How
    tokens: dict[str, float] = field(default_factory=dict)

    @property
    def options(self) -> MetadataOptions:
        return self.given.instance.options

    def answered(self, n: int, call: Call, rule: Rule, status: int | None, body: str | None, why: str) -> None:
        """One call's answer; None for none at all."""
        method, path = ("PUT", call.PUT) if call.PUT is not None else ("GET", call.GET)
        shown = "no answer" if status is None else str(status)
        changes: dict[str, Any] = {"/outcome/responses/-": {"status": status, "body": body}}
        if self.trace.recording:
            title = f"{n} {method} {path} from the {call.sender}"
            changes[pointer("state", "texts", title)] = f"{shown}: {body.splitlines()[0]}" if body else shown
        self.trace.step(rule, f"Call {n}, {method} {path}: {shown}", why or rule.says, at=call.t, changes=changes)

    def answer(self, n: int, call: Call) -> None:
        """One call."""
        if self.options.http_endpoint == "disabled":
            return self.answered(n, call, DISABLED, 403, None, "")
        return self.put(n, call) if call.PUT is not None else self.get(n, call)

    def put(self, n: int, call: Call) -> None:
        """A request for a token: its answer may not reach the caller."""
        limit = self.options.http_put_response_hop_limit
        if not self.how.reaches("PUT", limit, hops(call)):
            why = f"The caller is {hops(call)} hops away, the answer travels {limit}: the client waits in vain."
            return self.answered(n, call, HOPS, None, None, why)
        if call.PUT != PUT_PATH:
            return self.answered(n, call, MISSING, 404, None, "Only /latest/api/token takes a PUT.")
        if call.header("x-forwarded-for") is not None:
            return self.answered(n, call, FORWARDED, 403, None, "")
        ttl = call.wanted
        if ttl is None or not self.how.lasts(ttl):
            return self.answered(n, call, TTL, 400, None, f"The token's time to live is {ttl}. {TTL.says}")
        token = f"token-{len(self.tokens) + 1}"
        self.trace.step(NAMES, f"The token is called {token}", at=call.t)
        self.tokens[token] = call.t + ttl
        return self.answered(n, call, TOKEN, 200, token, f"It is good for {ttl} seconds.")

    def get(self, n: int, call: Call) -> None:
        """A request for metadata, with or without a token."""
        token, limit = self.token(call), self.options.http_put_response_hop_limit
        none_of_its_own = call.shown == LAST and not self.how.reaches("PUT", limit, hops(call))
        if none_of_its_own or not self.how.reaches("GET", limit, hops(call)):
            why = "A container that far away never gets a token of its own: its client waits for the PUT's answer."
            return self.answered(n, call, HOPS, None, None, why)
        required = self.how.needs_token(self.options)
        if token is None and required:
            return self.answered(n, call, REQUIRED, 401, None, "")
        end = self.tokens.get(token or "")
        if token is not None and not self.how.accepts(end is not None, end is not None and call.t >= end, required):
            why = "The service does not know this token." if end is None else f"The token was good until {end:g}."
            return self.answered(n, call, INVALID, 401, None, why)
        if token is None:
            self.trace.step(V1, "The call carries no token and needs none", V1.says, at=call.t)
        return self.metadata(n, call, (call.GET or "").rstrip("/"))

    def token(self, call: Call) -> str | None:
        """The token that the call carries."""
        return next(reversed(self.tokens), None) if call.shown == LAST else call.shown

    def metadata(self, n: int, call: Call, path: str) -> None:
        """What is at a path: a value, or the names below it."""
        below = path.removeprefix(ROOT).removeprefix("/") if path == ROOT or path.startswith(f"{ROOT}/") else None
        entries = everything(self.given)
        body = None if below is None else entries.get(below) or listing(entries, below)
        if body is None:
            return self.answered(n, call, MISSING, 404, None, "")
        if path == CREDENTIALS:
            return self.answered(n, call, ROLE, 200, body, "The name of the role; its keys are one step below.")
        if path.startswith(f"{CREDENTIALS}/"):
            return self.answered(n, call, ROLE, 200, body, "Temporary keys of the role, renewed before they expire.")
        return self.answered(n, call, ANSWER, 200, body, "")


def hops(call: Call) -> int:
    return CONTAINER_HOPS if call.sender == "container" else 1


def keys(role: str) -> str:
    """The keys of the role as IMDS prints them; the key id is made up of its name."""
    access_key = "ASIA" + sha1(f"imds:{role}".encode(), usedforsecurity=False).hexdigest()[:16].upper()
    found = {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": access_key, "SecretAccessKey": "made-up"}
    return json.dumps(found | {"Token": f"TOK-{role}"})


def everything(given: Given) -> dict[str, str]:
    """All values by their path below /latest/meta-data/, those of the role included."""
    role = given.instance.role
    if not role:
        return given.metadata
    info = json.dumps({"Code": "Success", "InstanceProfileArn": f"arn:aws:iam::123456789012:instance-profile/{role}"})
    return given.metadata | {"iam/info": info, f"iam/security-credentials/{role}": keys(role)}


def listing(entries: Mapping[str, str], below: str) -> str | None:
    """The names one step below a path, folders with a slash; None where nothing is."""
    prefix = f"{below}/" if below else ""
    rest = [name.removeprefix(prefix).partition("/") for name in entries if name.startswith(prefix)]
    return "\n".join(sorted({name + slash for name, slash, _ in rest})) or None


def play(given: Given, trace: Tracer, how: How) -> None:
    """Answer the calls, one after the other."""
    limit = given.instance.options.http_put_response_hop_limit
    if not 1 <= limit <= 64:
        raise GivenError("the hop limit is 1 to 64", pointer="/instance/HttpPutResponseHopLimit")
    service = Service(given, trace, how)
    for n, call in enumerate(given.calls, 1):
        if (call.GET is None) == (call.PUT is None):
            raise GivenError("a call is a GET or a PUT of a path", pointer=f"/calls/{n - 1}")
        service.answer(n, call)
    trace.step(ANSWER, "All calls are made", changes={"/outcome/status": "completed"})


# Beliefs: what people expect instead.


def never_needed(options: MetadataOptions) -> bool:
    """Believed: a plain GET is always answered."""
    return False


def no_limit(method: str, limit: int, hops: int) -> bool:
    """Believed: a container reaches the metadata service as the instance does."""
    return True


def limits_all(method: str, limit: int, hops: int) -> bool:
    """Believed: the hop limit stops every answer, those to a GET too."""
    return hops <= limit


def half_a_day(ttl: int | None) -> bool:
    """Believed: a token may last as long as one asks for."""
    return ttl is not None


def one_hour(ttl: int | None) -> bool:
    """Believed: a token lasts one hour at most."""
    return ttl is not None and 1 <= ttl <= 3600


def only_where_required(known: bool, expired: bool, required: bool) -> bool:
    """Believed: where tokens are optional, a bad one is ignored."""
    return not required or (known and not expired)


BELIEFS = (
    Belief(
        "curl-always-works", "`curl http://169.254.169.254/latest/meta-data/` works on every instance",
        "With HttpTokens required a GET without a token is answered 401.", "needs_token", never_needed,
        ("cli-overview.08",),
    ),
    Belief(
        "containers-are-as-near", "a container reaches the metadata service just as its instance does",
        "The answer to the PUT travels HttpPutResponseHopLimit hops, 1 by default; a container is 2 away.",
        "reaches", no_limit, ("cli-overview.imds-hop-limit",),
    ),
    Belief(
        "hop-limit-stops-everything", "with hop limit 1 a container gets no answer at all",
        "Only the answer to the PUT is limited; where tokens are optional, a plain GET from a container is answered.",
        "reaches", limits_all, ("cli-overview.imds-hop-limit",),
    ),
    Belief(
        "any-ttl", "a token may last as long as one asks for",
        "The PUT takes 1 to 21600 seconds (six hours); anything else is 400.", "lasts", half_a_day,
        ("cli-overview.08",),
    ),
    Belief(
        "token-one-hour-at-most", "a metadata token lasts one hour at most",
        "It lasts as long as the PUT asks for, up to 21600 seconds (six hours).", "lasts", one_hour,
        ("cli-overview.08",),
    ),
    Belief(
        "optional-ignores-bad-tokens", "where tokens are optional, a bad token is ignored",
        "A GET that carries a token is held to it: unknown or expired is 401, required or not.", "accepts",
        only_where_required, ("cli-overview.08",),
    ),
)  # fmt: skip

SIMULATION = Simulation(
    name="imds",
    title="EC2 instance metadata service",
    view="texts",
    rules=(DISABLED, HOPS, FORWARDED, TTL, TOKEN, NAMES, REQUIRED, V1, INVALID, ANSWER, ROLE, MISSING),
    beliefs=BELIEFS,
    given=Given,
    outcome={"responses": []},
    statuses=("completed",),
    play=play,
    how=How(),
    start=lambda given: {"texts": {}},
    unit="s",
)
