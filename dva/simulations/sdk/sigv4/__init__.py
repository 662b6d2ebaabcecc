"""AWS Signature Version 4: how a request is signed, and what the service checks when it arrives.

In AWS's order (IAM User Guide, Create a signed AWS API request): the canonical request; the string to sign; the
signing key, derived from the secret in four steps; the signature; and where it is put, in the Authorization header or
at the end of the URL (a presigned URL). With `verify` the service's side: the time first, then the signature.
The rules stand in `_rules.py`, the pieces in `_canonical.py`, times in `_verify.py`. The edges are botocore's, except
that a presigned URL keeps repeated parameters and the body, as AWS's own signers do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from dva.aws.document import StrictStruct
from dva.simulations._before import Belief, Refused, Rule, Simulation, Tracer
from dva.simulations.sdk.sigv4 import _canonical as canon
from dva.simulations.sdk.sigv4 import _rules as rules
from dva.simulations.sdk.sigv4 import _verify as clock
from dva.simulations.sdk.sigv4._canonical import Headers

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)


class Credentials(StrictStruct, rename=None):
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Request(StrictStruct, rename=None):
    """The request as on the wire: `path` and `query` (a string without `?`) encoded as they are sent."""

    host: str = ""
    method: str = "GET"
    scheme: Literal["http", "https"] = "https"
    path: str = "/"
    query: str | None = None
    headers: list[tuple[str, str | int]] = []
    body: str | None = None


class Options(StrictStruct, rename=None):
    """What is left out follows the service: S3 takes paths as they are and names the payload's hash in a header."""

    sign_payload: Literal["sha256", "UNSIGNED-PAYLOAD"] | None = None
    content_sha256_header: bool | None = None
    normalize_path: bool | None = None
    double_encode_path: bool | None = None


class Verify(StrictStruct, rename=None):
    """The service's clock, and the signature that arrived (without it: the right one)."""

    server_time: str | int
    signature: str | None = None


class Given(StrictStruct, rename=None):
    credentials: Credentials
    region: str
    service: str
    timestamp: str | int
    request: Request
    variant: Literal["header", "query"] = "header"
    expires: int | None = None
    options: Options = msgspec.field(default_factory=Options)
    verify: Verify | None = None

    @property
    def lifetime(self) -> int:
        """Seconds that a presigned URL lives: an hour where nothing is said, as with botocore."""
        return 3600 if self.expires is None else self.expires

    @property
    def is_s3(self) -> bool:
        return self.service in canon.S3

    @property
    def presigned(self) -> bool:
        return self.variant == "query"


def signs(name: str) -> bool:
    """Whether a header (name in lower case) takes part in the signature."""
    return name not in canon.NEVER_SIGNED


def sorted_parameters(parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """By name, then by value, as encoded."""
    return sorted(parameters)


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    signs: Callable[[str], bool] = signs
    order: Callable[[Sequence[tuple[str, str]]], list[tuple[str, str]]] = sorted_parameters
    header_value: Callable[[str], str] = canon.single_spaced
    key_chain: Callable[[str, Sequence[str]], list[tuple[str, bytes]]] = canon.key_chain
    window: Callable[[bool, int, bool], clock.Window] = clock.window


VIEW = ("Canonical request", "String to sign", "Signing key", "Signature")


def start(given: Given) -> dict[str, Any]:
    return {"texts": dict.fromkeys(VIEW, "")}


def play(given: Given, trace: Tracer, how: How) -> None:
    Signing(given, trace, how).run()


@dataclass
class Signing:
    """One request on its way to a signature."""

    given: Given
    trace: Tracer
    how: How
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        given = self.given
        self.when: datetime = clock.moment(given.timestamp, "/timestamp")
        self.stamp = self.when.strftime(clock.STAMP)
        self.scope = [self.stamp[:8], given.region, given.service, "aws4_request"]
        self.headers: Headers = [(name, str(value)) for name, value in given.request.headers]
        self.parameters = [
            pair for pair in canon.pairs(given.request.query or "") if given.variant == "header" or any(pair)
        ]
        if canon.get(self.headers, "host") is None:
            self.headers.append(("host", canon.host_of(given.request.host, given.request.scheme)))

    def run(self) -> None:
        scope = "/".join(self.scope)
        self.trace.step(rules.SCOPE, f"Signed at {self.stamp} for {scope}", rules.SCOPE.says)
        if self.given.presigned:
            self.add_parameters()
        else:
            self.add_headers()
        canonical = self.canonical_request()
        string = self.string_to_sign(canonical)
        signature = self.sign(string)
        self.hand_over(signature)
        if self.given.verify:
            self.verify(signature, self.given.verify)
        else:
            self.trace.step(rules.SIGNATURE, "The request is signed", changes={"/outcome/status": "signed"})

    # What the signer adds

    def add_headers(self) -> None:
        """The header variant: date, token and hash of the payload, in place of what stands there."""
        given, token = self.given, self.given.credentials.session_token
        if canon.get(self.headers, "date") is not None:
            dated = clock.dated(self.when)
            self.headers = [*canon.without(self.headers, "date", "x-amz-date"), ("date", dated)]
            self.trace.step(rules.DATE, f"The Date header is set to {dated}", rules.DATE.says)
        else:
            self.headers = [*canon.without(self.headers, "x-amz-date"), ("x-amz-date", self.stamp)]
        added = ["x-amz-date" if canon.get(self.headers, "x-amz-date") else "date"]
        if token:
            self.headers = [*canon.without(self.headers, "x-amz-security-token"), ("x-amz-security-token", token)]
            added.append("x-amz-security-token")
        if pick(given.options.content_sha256_header, given.is_s3):
            headers = canon.without(self.headers, "x-amz-content-sha256")
            self.headers = [*headers, ("x-amz-content-sha256", self.payload_of_body())]
            added.append("x-amz-content-sha256")
        self.trace.step(rules.ADDED, f"The signer sets {', '.join(added)}", rules.ADDED.says)

    def add_parameters(self) -> None:
        """The query variant: what the header would say goes into the query, and is signed with it."""
        given = self.given
        signed = ";".join(canon.names(self.signed()))
        credential = "/".join([given.credentials.access_key_id, *self.scope])
        added = [
            ("X-Amz-Algorithm", canon.ALGORITHM), ("X-Amz-Credential", credential), ("X-Amz-Date", self.stamp),
            ("X-Amz-Expires", str(given.lifetime)), ("X-Amz-SignedHeaders", signed),
        ]  # fmt: skip
        if given.credentials.session_token:
            added.append(("X-Amz-Security-Token", given.credentials.session_token))
        self.parameters += [(name, canon.encode(value)) for name, value in added]
        listed = ", ".join(name for name, _ in added)
        self.trace.step(rules.PARAMETERS, f"{len(added)} parameters join the query", listed)

    # The canonical request

    def canonical_request(self) -> str:
        given = self.given
        self.line(rules.METHOD, f"The method is {given.request.method.upper()}", given.request.method.upper())
        self.add_path()
        query = canon.joined(self.how.order(self.parameters))
        self.line(
            rules.SORTED, f"{len(self.parameters)} query parameters, sorted" if query else "There is no query", query
        )
        self.add_signed_headers()
        self.add_payload()
        text = "\n".join(self.lines)
        self.trace.step(
            rules.STRING, "The canonical request is complete", f"Its SHA-256 is {canon.digest(text)}.",
            changes={"/outcome/canonical_request": text},
        )  # fmt: skip
        return text

    def line(self, rule: Rule, title: str, *lines: str) -> None:
        """Lines that the canonical request grows by."""
        self.lines += lines
        self.trace.step(rule, title, rule.says, changes={f"/state/texts/{VIEW[0]}": "\n".join(self.lines)})

    def add_path(self) -> None:
        options, sent = self.given.options, self.given.request.path or "/"
        normalize = pick(options.normalize_path, not self.given.is_s3)
        again = pick(options.double_encode_path, not self.given.is_s3)
        path = canon.without_dots(sent) if normalize else sent
        path = canon.encode_path(path) if again else canon.as_sent(path)
        if normalize or again:
            self.line(rules.PATH, f"The path {sent} is signed as {path}", path)
        else:
            self.line(rules.PATH_S3, f"The path {path} is signed as it was sent", path)

    def signed(self) -> Headers:
        return [(name, value) for name, value in self.headers if self.how.signs(name.lower().strip())]

    def add_signed_headers(self) -> None:
        signed = self.signed()
        left = [name for name in canon.names(self.headers) if name not in canon.names(signed)]
        if left:
            self.trace.step(rules.LEFT_OUT, f"Not signed: {', '.join(left)}", rules.LEFT_OUT.says)
        names = ";".join(canon.names(signed))
        self.line(
            rules.HEADERS, f"Signed headers: {names}", *canon.header_lines(signed, self.how.header_value), "", names
        )
        self.trace.step(
            rules.HEADERS, f"The service will find the list {names}", "So it knows which headers to read again.",
            changes={"/outcome/signed_headers": names},
        )  # fmt: skip

    def payload_of_body(self) -> str:
        """The payload line by the options: hash of the body, or UNSIGNED-PAYLOAD."""
        default = canon.UNSIGNED if self.given.is_s3 and self.given.presigned else "sha256"
        if (self.given.options.sign_payload or default) == canon.UNSIGNED:
            return canon.UNSIGNED
        return canon.digest(self.given.request.body or "")

    def add_payload(self) -> None:
        """A hash that stands in the request's own x-amz-content-sha256 is taken as it is."""
        payload = canon.get(self.headers, "x-amz-content-sha256") or self.payload_of_body()
        if payload == canon.UNSIGNED:
            self.line(rules.UNSIGNED, "The body is not signed", payload)
        else:
            length = len((self.given.request.body or "").encode())
            self.line(rules.PAYLOAD, f"The body of {length} bytes is signed by its SHA-256", payload)

    # String, key, signature

    def string_to_sign(self, canonical: str) -> str:
        string = "\n".join([canon.ALGORITHM, self.stamp, "/".join(self.scope), canon.digest(canonical)])
        changes = {f"/state/texts/{VIEW[1]}": string, "/outcome/string_to_sign": string}
        self.trace.step(rules.STRING, "The string to sign has four lines", rules.STRING.says, changes=changes)
        return string

    def sign(self, string: str) -> str:
        chain = self.how.key_chain(self.given.credentials.secret_access_key, self.scope)
        told: list[str] = []
        for part, key in chain:
            told.append(f"HMAC(…, {part}) = {key.hex()}")
            text = "\n".join(told)
            self.trace.step(
                rules.KEY, f"{part} is mixed into the key", rules.KEY.says, changes={f"/state/texts/{VIEW[2]}": text}
            )
        key = chain[-1][1]
        signature = canon.hmac_of(key, string).hex()
        changes = {
            f"/state/texts/{VIEW[3]}": signature,
            "/outcome/signing_key_hex": key.hex(),
            "/outcome/signature": signature,
        }
        self.trace.step(rules.SIGNATURE, "The signing key signs the string", rules.SIGNATURE.says, changes=changes)
        return signature

    def hand_over(self, signature: str) -> None:
        """The signature put where the service looks for it."""
        request = self.given.request
        if self.given.presigned:
            query = canon.joined([*self.parameters, ("X-Amz-Signature", signature)])
            host = request.host or canon.get(self.headers, "host")
            url = f"{request.scheme}://{host}{canon.as_sent(request.path or '/')}?{query}"
            self.trace.step(
                rules.URL, "The signature ends the URL", rules.URL.says, changes={"/outcome/signed_url": url}
            )
            return
        credential = "/".join([self.given.credentials.access_key_id, *self.scope])
        names = ";".join(canon.names(self.signed()))
        text = f"{canon.ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
        changes = {"/outcome/authorization": text}
        self.trace.step(rules.AUTHORIZATION, "The signature goes into the Authorization header", text, changes=changes)

    # The service's side

    def verify(self, signature: str, asked: Verify) -> None:
        if self.given.presigned and not 1 <= self.given.lifetime <= clock.WEEK:
            message = "X-Amz-Expires must be between 1 and 604800 seconds"
            raise Refused(rules.RANGE, "AuthorizationQueryParametersError", message)
        arrival = self.check_time(clock.moment(asked.server_time, "/verify/server_time"))
        if asked.signature is not None and asked.signature != signature:
            raise Refused(rules.COMPARED, "SignatureDoesNotMatch", MISMATCH, status="SignatureDoesNotMatch")
        title, changes = "In time, and the service calculates the same signature", {"/outcome/status": "valid"}
        self.trace.step(rules.COMPARED, title, f"{arrival}. {rules.COMPARED.says}", changes=changes)

    def check_time(self, now: datetime) -> str:
        """When the request comes, in words; refused where that is too early or too late."""
        given, age = self.given, int((now - self.when).total_seconds())
        window = self.how.window(given.presigned, given.lifetime, given.is_s3)
        rule = rules.EXPIRY if given.presigned else rules.SKEW
        arrival = f"It comes {age} s after it was signed and is taken from {window.earliest} to {window.latest} s"
        self.trace.step(rule, f"The request is {age} s old when it arrives", f"{arrival}, both included (convention).")
        if window.earliest <= age <= window.latest:
            return arrival
        if given.presigned:
            message = "Request has expired" if age > window.latest else "Request is not valid yet"
            raise Refused(rule, "AccessDenied", message, status="AccessDenied")
        message = f"The difference between the request time and the current time is too large ({abs(age)} s)"
        raise Refused(rule, "RequestTimeTooSkewed", message, status="RequestTimeTooSkewed")


def pick(said: bool | None, default: bool) -> bool:
    return default if said is None else said


# -- beliefs ---------------------------------------------------------------------------------------------------------


def signs_all(name: str) -> bool:
    """Believed: every header of the request is signed."""
    return True


def signs_host_and_date(name: str) -> bool:
    """Believed: only host and date are signed."""
    return name in ("host", "x-amz-date", "date")


def url_order(parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Believed: parameters are signed in the order of the URL."""
    return list(parameters)


def secret_signs(secret: str, scope: Sequence[str]) -> list[tuple[str, bytes]]:
    """Believed: the secret access key itself is the key of the HMAC."""
    return [("the secret itself", secret.encode())]


def no_clock(query: bool, expires: int, is_s3: bool) -> clock.Window:
    """Believed: a right signature is good at any time."""
    return clock.Window(-(10**10), 10**10)


def five_minutes_everywhere(query: bool, expires: int, is_s3: bool) -> clock.Window:
    """Believed: S3 is as strict about the clock as the other services."""
    return clock.window(query, expires, False)


def presigned_like_headers(query: bool, expires: int, is_s3: bool) -> clock.Window:
    """Believed: a presigned URL must be used within the minutes that the clocks may differ."""
    return clock.window(False, expires, is_s3)


SIMULATION = Simulation(
    name="sigv4",
    title="Signature Version 4",
    view="texts",
    rules=rules.RULES,
    beliefs=(
        Belief(
            "signs-all-headers", "every header of the request is signed",
            "host and all x-amz-* must be signed; headers that proxies change, such as user-agent, are left out.",
            "signs", signs_all, ("sigv4.signed-headers",),
        ),
        Belief(
            "signs-host-and-date", "only host and date are signed",
            "Every x-amz-* header that is sent must be signed too, so must the session token.",
            "signs", signs_host_and_date, ("sigv4.signed-headers",),
        ),
        Belief(
            "url-order", "query parameters are signed in the order of the URL",
            "They are sorted by name, then by value, or the service computes another signature.",
            "order", url_order, ("sigv4.canonical-request",),
        ),
        Belief(
            "secret-signs", "the secret access key signs the string directly",
            "The key is derived for one day, Region and service, so that a leaked one is good for no other.",
            "key_chain", secret_signs, ("sigv4.signing-key",),
        ),
        Belief(
            "no-clock", "a right signature is good at any time",
            "The service refuses a request that is minutes off its clock, and a presigned URL after its expiry.",
            "window", no_clock, ("sigv4.clock-skew",),
        ),
        Belief(
            "five-minutes-everywhere", "every service wants the caller's clock right to five minutes",
            "Five minutes hold for most services; S3 bears a quarter of an hour.",
            "window", five_minutes_everywhere, ("sigv4.clock-skew",),
        ),
        Belief(
            "presigned-like-headers", "a presigned URL must be used within 15 minutes",
            "It lives as long as X-Amz-Expires says, at most seven days.",
            "window", presigned_like_headers, ("sigv4.presigned-expiry",),
        ),
    ),
    given=Given,
    outcome=dict.fromkeys(
        ("canonical_request", "string_to_sign", "signing_key_hex", "signature", "signed_headers", "authorization",
         "signed_url")
    ),
    statuses=("signed", "valid", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "AccessDenied", "refused"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip
