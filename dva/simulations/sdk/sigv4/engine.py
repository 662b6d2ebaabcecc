"""One request: signed, and checked by the service."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from dva.aws import timestamps
from dva.errors import GivenError
from dva.simulations.frame import Refused, Run
from dva.simulations.sdk.sigv4 import canonical as canon
from dva.simulations.sdk.sigv4 import rules
from dva.simulations.sdk.sigv4.canonical import Headers
from dva.simulations.sdk.sigv4.documents import Given, Verify
from dva.trace import Rule

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
STAMP = "%Y%m%dT%H%M%SZ"
MIN_EXPIRES, MAX_EXPIRES = 1, 604800
"""Seconds that a presigned URL lives, seven days at most (sigv4-query-string-auth.html)."""
MAX_SKEW, MAX_SKEW_S3 = 300, 900
"""Seconds by which the clocks may differ (reference_aws-signing.html; S3: MaxAllowedSkewMilliseconds)."""
PATH_LINE = 1
"""Where the canonical request has the path."""
TEXTS = ("Canonical request", "String to sign", "Signing key", "Signature")
"""What is drawn."""


def sign_and_verify(given: Given, run: Run) -> None:
    """Sign the request; where the scenario asks for it, check it as the service does."""
    signing = Signing(given, run)
    signature = signing.sign_request()
    if given.verify:
        verify(signing, signature, given.verify)
    else:
        run.step(rules.SIGNATURE, "The request is signed", status="signed")


def read_time(value: str | int, where: str) -> datetime:
    """Read a time of `given`, in UTC; GivenError with its place where it is not one."""
    try:
        return timestamps.read(value)
    except ValueError:
        raise GivenError(f"`{value}` is not a time like 20150830T123600Z", pointer=where) from None


class Signing:
    """A request on its way to a signature."""

    def __init__(self, given: Given, run: Run) -> None:
        self.given, self.run = given, run
        self.lines: list[str] = []
        self.when = read_time(given.timestamp, "/timestamp")
        self.stamp = self.when.strftime(STAMP)
        self.scope = [self.stamp[:8], given.region, given.service, canon.TERMINATOR]
        self.credential = "/".join([given.credentials.access_key_id, *self.scope])
        self.headers: Headers = [(name, str(value)) for name, value in given.request.headers]
        pairs = canon.pairs(given.request.query or "")
        self.parameters = [pair for pair in pairs if any(pair) or not given.presigned]
        if canon.get(self.headers, "host") is None:
            self.headers.append(("host", canon.host_of(given.request.host, given.request.scheme)))

    def sign_request(self) -> str:
        """Return the signature, put where the service looks for it."""
        self.run.step(rules.SCOPE, f"Signed at {self.stamp} for {'/'.join(self.scope)}")
        if self.given.presigned:
            self.add_parameters()
        else:
            self.add_headers()
        signature = self.sign(self.string_to_sign(self.canonical_request()))
        self.place(signature)
        return signature

    def add_headers(self) -> None:
        """Set date, token and hash of the payload, in place of what the request has."""
        given, token = self.given, self.given.credentials.session_token
        if canon.get(self.headers, "date") is not None:
            date = format_datetime(self.when.replace(tzinfo=None))  # as botocore spells it, with -0000
            self.headers = canon.without(self.headers, "x-amz-date")
            added = [("date", date)]
            self.run.step(rules.DATE, f"The Date header is set to {date}")
        else:
            added = [("x-amz-date", self.stamp)]
        if token:
            added.append(("x-amz-security-token", token))
        if _either(given.options.content_sha256_header, given.is_s3):
            added.append(("x-amz-content-sha256", self.payload_of_body()))
        names = [name for name, _ in added]
        self.headers = [*canon.without(self.headers, *names), *added]
        self.run.step(rules.ADDED, f"The signer sets {', '.join(names)}")

    def add_parameters(self) -> None:
        """Put what the header would say into the query, where it is signed as well."""
        added = [
            ("X-Amz-Algorithm", canon.ALGORITHM), ("X-Amz-Credential", self.credential), ("X-Amz-Date", self.stamp),
            ("X-Amz-Expires", str(self.given.lifetime)), ("X-Amz-SignedHeaders", self.signed_names),
        ]  # fmt: skip
        if self.given.credentials.session_token:
            added.append(("X-Amz-Security-Token", self.given.credentials.session_token))
        self.parameters += [(name, canon.encode(value)) for name, value in added]
        names = ", ".join(name for name, _ in added)
        self.run.step(rules.PARAMETERS, f"{len(added)} parameters join the query", names)

    def canonical_request(self) -> str:
        """Return the request in the form that is hashed."""
        method = self.given.request.method.upper()
        self.add_lines(rules.METHOD, f"The method is {method}", method)
        self.add_path()
        query = canon.joined(self.run.using(sorted_parameters)(self.parameters))
        title = f"{len(self.parameters)} query parameters, sorted" if query else "There is no query"
        self.add_lines(rules.SORTED, title, query)
        self.add_signed_headers()
        self.add_payload()
        text = "\n".join(self.lines)
        self.run.step(rules.STRING, "The canonical request is complete", f"Its SHA-256 is {canon.digest(text)}.",
                      canonical_request=text)  # fmt: skip
        return text

    def add_lines(self, rule: Rule, title: str, *lines: str) -> None:
        """Add lines to the canonical request."""
        self.lines += lines
        self.run.step(rule, title, draw={("texts", TEXTS[0]): "\n".join(self.lines)})

    def add_path(self) -> None:
        """Add the line of the path."""
        options, sent = self.given.options, self.given.request.path or "/"
        normalize = _either(options.normalize_path, not self.given.is_s3)
        again = _either(options.double_encode_path, not self.given.is_s3)
        path = canon.without_dots(sent) if normalize else sent
        path = canon.encode_path(path) if again else canon.as_sent(path)
        if normalize or again:
            self.add_lines(rules.PATH, f"The path {sent} is signed as {path}", path)
        else:
            self.add_lines(rules.PATH_S3, f"The path {path} is signed as it was sent", path)

    def signature_of_service(self, signature: str) -> str:
        """Return what the service calculates: the same, unless it makes another path of the one that arrives."""
        sent, signed = self.given.request.path or "/", self.lines[PATH_LINE]
        normalized = canon.encode_path(canon.without_dots(sent))
        path = canon.decoded_and_encoded(sent) if self.given.is_s3 else normalized
        if path == signed:
            return signature
        title = f"The service makes {path} of the path, not {signed}"
        self.run.step(rules.PATH_OF_SERVICE, title, "So it signs another canonical request.")
        lines = [*self.lines[:PATH_LINE], path, *self.lines[PATH_LINE + 1 :]]
        service = Signing(self.given, self.run.unrecorded())
        return service.sign(service.string_to_sign("\n".join(lines)))

    @property
    def signed_headers(self) -> Headers:
        """The headers that take part in the signature."""
        return [(name, value) for name, value in self.headers if self.run.using(is_signed)(name.lower().strip())]

    @property
    def signed_names(self) -> str:
        """The names of these headers, as they are sent."""
        return ";".join(canon.names(self.signed_headers))

    def add_signed_headers(self) -> None:
        """Add the lines of the headers and the list of their names."""
        signed, names = self.signed_headers, self.signed_names
        left = [name for name in canon.names(self.headers) if name not in canon.names(signed)]
        if left:
            self.run.step(rules.LEFT_OUT, f"Not signed: {', '.join(left)}")
        self.add_lines(rules.HEADERS, f"Signed headers: {names}", *canon.header_lines(signed), "", names)
        self.run.step(rules.HEADERS, f"The service will find the list {names}",
                      "So it knows which headers to read again.", signed_headers=names)  # fmt: skip

    def payload_of_body(self) -> str:
        """Return the hash of the body, or UNSIGNED-PAYLOAD, as the options say."""
        default = canon.UNSIGNED if self.given.is_s3 and self.given.presigned else "sha256"
        if (self.given.options.sign_payload or default) == canon.UNSIGNED:
            return canon.UNSIGNED
        return canon.digest(self.given.request.body or "")

    def add_payload(self) -> None:
        """Add the line of the payload; a hash in the request's own x-amz-content-sha256 is taken as it is."""
        payload = canon.get(self.headers, "x-amz-content-sha256") or self.payload_of_body()
        if payload == canon.UNSIGNED:
            self.add_lines(rules.UNSIGNED, "The body is not signed", payload)
        else:
            length = len((self.given.request.body or "").encode())
            self.add_lines(rules.PAYLOAD, f"The body of {length} bytes is signed by its SHA-256", payload)

    def string_to_sign(self, canonical: str) -> str:
        """Return the text that the signing key signs."""
        string = "\n".join([canon.ALGORITHM, self.stamp, "/".join(self.scope), canon.digest(canonical)])
        self.run.step(rules.STRING, "The string to sign has four lines", string_to_sign=string,
                      draw={("texts", TEXTS[1]): string})  # fmt: skip
        return string

    def sign(self, string: str) -> str:
        """Derive the signing key and return the signature."""
        chain = self.run.using(canon.key_chain)(self.given.credentials.secret_access_key, self.scope)
        lines = [f"HMAC(…, {part}) = {key.hex()}" for part, key in chain]
        for number, (part, _) in enumerate(chain, 1):
            self.run.step(rules.KEY, f"{part} is mixed into the key",
                          draw={("texts", TEXTS[2]): "\n".join(lines[:number])})  # fmt: skip
        key = chain[-1][1]
        signature = canon.hmac_of(key, string).hex()
        self.run.step(rules.SIGNATURE, "The signing key signs the string", signing_key_hex=key.hex(),
                      signature=signature, draw={("texts", TEXTS[3]): signature})  # fmt: skip
        return signature

    def place(self, signature: str) -> None:
        """Put the signature where the service looks for it."""
        request = self.given.request
        if self.given.presigned:
            query = canon.joined([*self.parameters, ("X-Amz-Signature", signature)])
            host = request.host or canon.get(self.headers, "host")
            url = f"{request.scheme}://{host}{canon.as_sent(request.path or '/')}?{query}"
            self.run.step(rules.URL, "The signature ends the URL", signed_url=url)
            return
        parts = f"Credential={self.credential}, SignedHeaders={self.signed_names}, Signature={signature}"
        text = f"{canon.ALGORITHM} {parts}"
        self.run.step(rules.AUTHORIZATION, "The signature goes into the Authorization header", text, authorization=text)


# The service's side


def verify(signing: Signing, signature: str, arriving: Verify) -> None:
    """Check the time, then the signature; Refused where the service does not take the request."""
    given, run, when = signing.given, signing.run, signing.when
    if given.presigned and not MIN_EXPIRES <= given.lifetime <= MAX_EXPIRES:
        message = f"X-Amz-Expires must be between {MIN_EXPIRES} and {MAX_EXPIRES} seconds"
        raise Refused(rules.RANGE, "AuthorizationQueryParametersError", message)
    now = read_time(arriving.server_time, "/verify/server_time")
    arrival = check_time(given, run, int((now - when).total_seconds()))
    sent = signature if arriving.signature is None else arriving.signature
    if sent != signing.signature_of_service(signature):
        raise Refused(rules.COMPARED, "SignatureDoesNotMatch", MISMATCH, status="SignatureDoesNotMatch")
    run.step(rules.COMPARED, "In time, and the service calculates the same signature", f"{arrival}.", status="valid")


def check_time(given: Given, run: Run, age: int) -> str:
    """Return when the request arrives, in words; Refused where that is too early or too late."""
    earliest, latest = run.using(window)(given.presigned, given.lifetime, given.is_s3)
    rule = rules.EXPIRY if given.presigned else rules.SKEW
    arrival = f"It comes {age} s after it was signed and is taken from {earliest} to {latest} s"
    run.step(rule, f"The request is {age} s old when it arrives", f"{arrival}, both included, which AWS leaves open.")
    if earliest <= age <= latest:
        return arrival
    if given.presigned:
        message = "Request has expired" if age > latest else "Request is not valid yet"
        raise Refused(rule, "AccessDenied", message, status="AccessDenied")
    message = f"The difference between the request time and the current time is too large ({abs(age)} s)"
    raise Refused(rule, "RequestTimeTooSkewed", message, status="RequestTimeTooSkewed")


def _either(option: bool | None, default: bool) -> bool:
    return default if option is None else option


# The rule functions that beliefs replace; `key_chain` is in `canonical`


def is_signed(name: str) -> bool:
    """Return whether a header (name in lower case) takes part in the signature."""
    return name not in canon.NEVER_SIGNED


def sorted_parameters(parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the parameters by name, then by value, as encoded."""
    return sorted(parameters)


def window(query: bool, expires: int, is_s3: bool) -> tuple[int, int]:
    """Return the first and the last second after signing at which a request is taken.

    A presigned URL is taken until it expires, a signed header while the clocks agree.
    """
    skew = MAX_SKEW_S3 if is_s3 else MAX_SKEW
    return -skew, expires if query else skew
