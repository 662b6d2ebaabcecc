"""The EC2 instance metadata service: which of these calls are answered, and with what?

IMDSv1 is a plain GET. IMDSv2 is a PUT for a token, whose response travels at most HttpPutResponseHopLimit hops,
then GETs that carry the token. HttpTokens decides whether a GET without a token is still answered.
"""

import json
import re
from typing import Annotated, Literal, NamedTuple, TypedDict

from msgspec import field

from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations.frame import Append, Mechanism, Outcome, Phrases, Run
from dva.simulations.sdk._keys import temporary_key_id
from dva.trace import Rule

imds = Mechanism("imds", rules="ec2.imds", notes="cli-overview")
rule, belief = imds.rule, imds.belief

# Rules, in the order in which the service asks

EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/"
GUIDE = "Amazon EC2 User Guide, "
PAGE = f"{GUIDE}Use IMDS to access instance metadata: {EC2}UserGuide/configuring-instance-metadata-service.html"
CODES = f"{GUIDE}Access instance metadata, response codes: {EC2}UserGuide/instancedata-data-retrieval.html"
OPTIONS = f"Amazon EC2 API, InstanceMetadataOptionsRequest: {EC2}APIReference/API_InstanceMetadataOptionsRequest.html"

DISABLED = rule("disabled", "With HttpEndpoint disabled every call is answered 403.", CODES, "imds-options")
HOPS = rule("hopLimit", "The answer to the PUT travels at most HttpPutResponseHopLimit hops; a container needs 2.",
            OPTIONS, "imds-hop-limit")  # fmt: skip
FORWARDED = rule("forwarded", "A PUT that carries X-Forwarded-For, as a proxy adds it, is refused with 403.", PAGE,
                 "08")  # fmt: skip
TTL = rule("ttl", "The PUT must say for how long the token lasts: 1 to 21600 seconds; anything else is 400.", CODES,
           "08")  # fmt: skip
TOKEN = rule("token", "The PUT answers with a session token.", PAGE, "08")
NAMES = rule("tokenName", "Tokens are called token-1, token-2, and so on.", "dva", "08", assumption=True)
REQUIRED = rule("required", "With HttpTokens required a GET without a token is answered 401.", PAGE, "08",
                "imds-options")  # fmt: skip
V1 = rule("optional", "With HttpTokens optional a plain GET (IMDSv1) is answered.", PAGE, "08", "imds-options")
INVALID = rule("invalid", "A GET with a token that is unknown or has expired is answered 401.", CODES, "08")
ANSWER = rule("answer", "A GET that is let in is answered with the metadata at its path.", PAGE, "08")
ROLE = rule("credentials",
            "iam/security-credentials/ names the instance's role, and below it are the role's temporary keys.", PAGE,
            "05")  # fmt: skip
MISSING = rule("notFound", "What is not there is answered 404, the role of an instance without one included.", CODES,
               "05")  # fmt: skip

# Documented numbers and paths

MIN_TTL, MAX_TTL = 1, 21600
"""Seconds for which a token can be requested (PAGE): six hours at most."""
MIN_HOP_LIMIT, MAX_HOP_LIMIT, DEFAULT_HOP_LIMIT = 1, 64, 1
"""HttpPutResponseHopLimit (OPTIONS)."""
HOPS_FROM = {"instance": 1, "container": 2}
"""A container behind its own bridge network is one hop further than the instance itself (OPTIONS)."""
PUT_PATH = "/latest/api/token"
ROOT = "/latest/meta-data"
CREDENTIALS = f"{ROOT}/iam/security-credentials"
TOKEN_HEADER, TTL_HEADER = "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"
SECONDS = re.compile("-?[0-9]{1,9}")
LAST = "last"
METADATA = {
    "ami-id": "ami-0abcdef1234567890", "instance-id": "i-1234567890abcdef0", "instance-type": "t3.micro",
    "local-ipv4": "10.0.0.12", "placement/availability-zone": "eu-west-1a", "placement/region": "eu-west-1",
    "public-ipv4": "203.0.113.25",
}  # fmt: skip


class MetadataOptions(AwsDocument, rename="pascal"):
    """InstanceMetadataOptionsRequest."""

    http_tokens: Literal["optional", "required"] = "optional"
    """`required` allows IMDSv2 only; `optional` also answers a GET without a token (IMDSv1)."""
    http_put_response_hop_limit: int = DEFAULT_HOP_LIMIT
    """How many network hops the response to the PUT travels, 1 to 64."""
    http_endpoint: Literal["enabled", "disabled"] = "enabled"
    """`disabled` turns the metadata service off."""


class Instance(MetadataOptions, rename="pascal"):
    """An instance, with its metadata options flat or as MetadataOptions."""

    known = frozenset({"State", "HttpProtocolIpv6", "InstanceMetadataTags"})
    wrappers = ("Reservations", "Instances")
    metadata_options: MetadataOptions | None = None
    """The options as `aws ec2 describe-instances` prints them; they win over flat ones."""
    role: str | None = field(default=None, name="role")
    """Name of the role of the instance profile."""

    @property
    def options(self) -> MetadataOptions:
        """The options, wherever they are."""
        return self.metadata_options or self


class Call(StrictStruct, rename=None):
    """A PUT for a token or a GET of metadata: exactly one of the two."""

    GET: str | None = None
    """Path that is read, such as `/latest/meta-data/instance-id`."""
    PUT: str | None = None
    """Path of the token request, `/latest/api/token`."""
    ttl: int | None = None
    """Seconds for which the PUT requests the token; it can also be among `headers`."""
    token: str | None = None
    """Token that the GET carries, `last` for the last one issued; it can also be among `headers`."""
    sender: Literal["instance", "container"] = field(default="instance", name="from")
    """Where the call comes from."""
    headers: dict[str, str | int] = {}
    """HTTP headers by name."""
    t: float = 0
    """When the call is made, in seconds."""

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the letter case of its name."""
        return next((str(value) for key, value in self.headers.items() if key.lower() == name), None)

    @property
    def sent_token(self) -> str | None:
        """The token that the call carries."""
        return self.header(TOKEN_HEADER) if self.token is None else self.token

    @property
    def requested_ttl(self) -> int | None:
        """The seconds that a PUT asks for."""
        header = self.header(TTL_HEADER) or ""
        return int(header) if self.ttl is None and SECONDS.fullmatch(header) else self.ttl

    @property
    def hops(self) -> int:
        """Network hops between the caller and the service."""
        return HOPS_FROM[self.sender]


class Given(StrictStruct, rename=None):
    """An instance and the calls that are made to its metadata service."""

    calls: list[Call]
    """Calls in the order in which they are made."""
    instance: Instance = field(default_factory=Instance)
    """The instance, as `aws ec2 describe-instances` prints it or with its options flat."""
    metadata: dict[str, str] = field(default_factory=METADATA.copy)
    """Metadata by its path below `/latest/meta-data/`."""


class Response(TypedDict):
    """What a call gets."""

    status: Annotated[
        int | None,
        Phrases({200: "200", 400: "400", 401: "401", 403: "403", 404: "404"}, {None: "No response arrives"}),
    ]
    """HTTP status; null where no response arrives."""
    body: str | None
    """Text of the response; null unless the status is 200."""


class Responses(Outcome):
    """What the metadata service answers."""

    status: Literal["completed"] | None = None
    """Always `completed`."""
    responses: list[Response] = []
    """The response to each call, in order."""


class Answer(NamedTuple):
    """The response to a call, and the rule that made it so."""

    rule: Rule
    status: int | None
    body: str | None = None
    why: str = ""


def make_calls(given: Given, run: Run) -> None:
    """Answer the calls, one after the other."""
    if not MIN_HOP_LIMIT <= given.instance.options.http_put_response_hop_limit <= MAX_HOP_LIMIT:
        raise GivenError(f"the hop limit is {MIN_HOP_LIMIT} to {MAX_HOP_LIMIT}",
                         pointer="/instance/HttpPutResponseHopLimit")  # fmt: skip
    service, disabled = MetadataService(given, run), given.instance.options.http_endpoint == "disabled"
    for n, call in enumerate(given.calls, 1):
        if (call.GET is None) == (call.PUT is None):
            raise GivenError("a call is a GET or a PUT of a path", pointer=f"/calls/{n - 1}")
        answer = service.get if call.PUT is None else service.put
        by, status, body, why = Answer(DISABLED, 403) if disabled else answer(call)
        request = f"GET {call.GET}" if call.PUT is None else f"PUT {call.PUT}"
        code = "no answer" if status is None else str(status)
        drawn = f"{code}: {body.splitlines()[0]}" if body else code
        run.step(by, f"Call {n}, {request}: {code}", why, at=call.t, responses=Append({"status": status, "body": body}),
                 draw={("texts", f"{n} {request} from the {call.sender}"): drawn})  # fmt: skip
    run.step(ANSWER, "All calls are made", status="completed")


class MetadataService:
    """The metadata service of one instance, and when the tokens that it has issued expire."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run, self.options = given, run, given.instance.options
        self.limit = self.options.http_put_response_hop_limit
        self.expiry: dict[str, float] = {}

    def put(self, call: Call) -> Answer:
        """Return the response to a request for a token; it may not reach the caller."""
        if not self.run.using(reaches)("PUT", self.limit, call.hops):
            why = f"The caller is {call.hops} hops away, the answer travels {self.limit}: the client waits in vain."
            return Answer(HOPS, None, None, why)
        if call.PUT != PUT_PATH:
            return Answer(MISSING, 404, None, "Only /latest/api/token takes a PUT.")
        if call.header("x-forwarded-for") is not None:
            return Answer(FORWARDED, 403)
        ttl = call.requested_ttl
        if ttl is None or not self.run.using(is_valid_ttl)(ttl):
            return Answer(TTL, 400, None, f"The token's time to live is {ttl}.")
        token = f"token-{len(self.expiry) + 1}"
        self.run.step(NAMES, f"The token is called {token}", at=call.t)
        self.expiry[token] = call.t + ttl
        return Answer(TOKEN, 200, token, f"It is good for {ttl} seconds.")

    def get(self, call: Call) -> Answer:
        """Return the response to a request for metadata, with or without a token."""
        sent, reached = call.sent_token, self.run.using(reaches)
        none_of_its_own = sent == LAST and not reached("PUT", self.limit, call.hops)
        if none_of_its_own or not reached("GET", self.limit, call.hops):
            why = "A container that far away never gets a token of its own: its client waits for the PUT's answer."
            return Answer(HOPS, None, None, why)
        token = next(reversed(self.expiry), None) if sent == LAST else sent
        required = self.run.using(needs_token)(self.options)
        if token is None and required:
            return Answer(REQUIRED, 401)
        end = self.expiry.get(token or "")
        expired = end is not None and call.t >= end
        if token is not None and not self.run.using(accepts)(end is not None, expired, required):
            why = "The service does not know this token." if end is None else f"The token was good until {end:g}."
            return Answer(INVALID, 401, None, why)
        if token is None:
            self.run.step(V1, "The call carries no token and needs none", at=call.t)
        return self.metadata((call.GET or "").rstrip("/"))

    def metadata(self, path: str) -> Answer:
        """Return what is at a path: a value, or the names below it."""
        body = None
        if path == ROOT or path.startswith(f"{ROOT}/"):
            entries, below = all_metadata(self.given), path.removeprefix(ROOT).removeprefix("/")
            body = entries.get(below) or listing(entries, below)
        if body is None:
            return Answer(MISSING, 404)
        if path == CREDENTIALS:
            return Answer(ROLE, 200, body, "The name of the role; its keys are one step below.")
        if path.startswith(f"{CREDENTIALS}/"):
            return Answer(ROLE, 200, body, "Temporary keys of the role, renewed before they expire.")
        return Answer(ANSWER, 200, body)


def all_metadata(given: Given) -> dict[str, str]:
    """Return all values by their path below /latest/meta-data/, those of the role included."""
    role = given.instance.role
    if not role:
        return given.metadata
    info = {"Code": "Success", "InstanceProfileArn": f"arn:aws:iam::123456789012:instance-profile/{role}"}
    keys = {
        "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": temporary_key_id(f"imds:{role}"),
        "SecretAccessKey": "made-up", "Token": f"TOK-{role}",
    }  # fmt: skip
    return given.metadata | {"iam/info": json.dumps(info), f"iam/security-credentials/{role}": json.dumps(keys)}


def listing(entries: dict[str, str], below: str) -> str | None:
    """Return the names one step below a path, folders with a slash; None where nothing is."""
    prefix = f"{below}/" if below else ""
    rest = [name.removeprefix(prefix).partition("/") for name in entries if name.startswith(prefix)]
    return "\n".join(sorted({name + slash for name, slash, _ in rest})) or None


# The rule functions that beliefs replace


def needs_token(options: MetadataOptions) -> bool:
    """Return whether a GET must carry a token."""
    return options.http_tokens == "required"


def reaches(method: str, limit: int, hops: int) -> bool:
    """Return whether a response arrives: only the response to the PUT counts its hops."""
    return method != "PUT" or hops <= limit


def is_valid_ttl(ttl: int) -> bool:
    """Return whether a token can be requested for so many seconds."""
    return MIN_TTL <= ttl <= MAX_TTL


def accepts(known: bool, expired: bool, required: bool) -> bool:
    """Return whether a token is accepted: one that is sent must be valid, also where none is required."""
    return known and not expired


# What people believe instead

belief(needs_token, "curl-always-works", "`curl http://169.254.169.254/latest/meta-data/` works on every instance",
       "With HttpTokens required a GET without a token is answered 401.", "08")(lambda options: False)  # fmt: skip

belief(reaches, "containers-are-as-near", "a container reaches the metadata service just as its instance does",
       "The answer to the PUT travels HttpPutResponseHopLimit hops, 1 by default; a container is 2 away.",
       "imds-hop-limit")(lambda method, limit, hops: True)  # fmt: skip

belief(reaches, "hop-limit-stops-everything", "with hop limit 1 a container gets no answer at all",
       "Only the answer to the PUT is limited; where tokens are optional, a plain GET from a container is answered.",
       "imds-hop-limit")(lambda method, limit, hops: hops <= limit)  # fmt: skip

belief(is_valid_ttl, "any-ttl", "a token may last as long as one asks for",
       "The PUT takes 1 to 21600 seconds (six hours); anything else is 400.", "08")(lambda ttl: True)  # fmt: skip

belief(
    is_valid_ttl, "token-one-hour-at-most", "a metadata token lasts one hour at most",
    "It lasts as long as the PUT asks for, up to 21600 seconds (six hours).", "08",
)(lambda ttl: 1 <= ttl <= 3600)  # fmt: skip

belief(accepts, "optional-ignores-bad-tokens", "where tokens are optional, a bad token is ignored",
       "A GET that carries a token is held to it: unknown or expired is 401, required or not.",
       "08")(lambda known, expired, required: not required or (known and not expired))  # fmt: skip


SIMULATION = imds.simulation(title="EC2 instance metadata service", view="texts", unit="s", given=Given,
                             outcome=Responses, run=make_calls, initial_state=lambda given: {"texts": {}})  # fmt: skip
