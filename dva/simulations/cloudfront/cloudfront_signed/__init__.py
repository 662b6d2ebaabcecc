"""CloudFront signed URLs and signed cookies: made with a private key, and checked when a viewer comes with one.

Making one (CloudFront Developer Guide, Use signed URLs): a policy, canned or custom; its signature; both put into the
URL or into three cookies. Checking one: does the behavior ask for a signature; what was presented; is the key in a
trusted key group; does the signature hold; then resource, dates and address [the order is dva's convention].
The rules stand in `_rules.py`, texts and wildcards in `_urls.py`, RSA in `_keys.py`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from dva.aws import glob, timestamps
from dva.aws.document import AwsDocument, StrictStruct
from dva.errors import GivenError
from dva.simulations._before import Belief, Rule, Simulation, Tracer
from dva.simulations.cloudfront.cloudfront_signed import _keys, _rules, _urls
from dva.simulations.cloudfront.cloudfront_signed._keys import Key

CHECKS = ("key_group", "signature", "resource", "date_less_than", "date_greater_than", "ip")
COOKIE = "CloudFront-"
EPOCH = re.compile("[0-9]{1,12}")
ERRORS = {
    "missing": ("MissingKey", "Missing Key-Pair-Id query parameter or cookie value"),
    "key_group": ("InvalidKey", "Unknown Key"),
    "policy": ("MalformedPolicy", "Malformed Policy"),
}
"""What the body of the 403 says where it is not AccessDenied (re:Post, troubleshoot signed URLs and cookies)."""

VIEW = ("Policy", "Signature", "Presented", "Checks")


class Behavior(AwsDocument, rename="pascal"):
    """A cache behavior. Groups: `[{keys: [ids]}]`, or AWS's `{Enabled, Items: [group ids]}` with `key_groups`."""

    wrappers = ("Distribution", "DistributionConfig", "DefaultCacheBehavior")
    trusted_key_groups: list[str | dict[str, Any]] | dict[str, Any] | None = None
    trusted_signers: list[str | dict[str, Any]] | dict[str, Any] | None = None


class Viewer(StrictStruct, rename=None):
    """Who asks: `time` in epoch seconds or ISO 8601, `cookies` by name."""

    url: str
    time: int | str | None = None
    ip: str | None = None
    via: Literal["url", "cookie", "cookies"] = "url"
    cookies: dict[str, str | int] = {}


class Sign(StrictStruct, rename=None):
    """What to sign. `resource` is the Resource of a custom policy where it is not the URL itself."""

    url: str
    date_less_than: int | str
    kind: Literal["canned", "custom"] = "canned"
    date_greater_than: int | str | None = None
    ip_address: str | None = None
    resource: str | None = None
    hash_algorithm: Literal["SHA1", "SHA256"] = "SHA1"


class Given(StrictStruct, rename=None):
    """Either `sign` and `key`, or `behavior`, `request` and keys; `policy` alone counts as signed by `key`."""

    sign: Sign | None = None
    behavior: Behavior | None = None
    key: Key | None = None
    keys: list[Key] = []
    key_groups: list[dict[str, Any]] | dict[str, Any] = []
    policy: str | dict[str, Any] | None = None
    signature: str | None = None
    request: Viewer | None = None

    @property
    def known(self) -> dict[str, Key]:
        """All keys by id."""
        return {key.id: key for key in ([self.key] if self.key else []) + self.keys}


@dataclass(frozen=True)
class Presented:
    """What the viewer shows: the policy's text (None where it cannot be read), and its signature where there is one."""

    source: str
    policy: str | Mapping[str, Any] | None
    signature: str | None
    key_id: str | None
    hashed: str = "SHA1"
    assumed: bool = False


# -- the rule functions that beliefs replace ---------------------------------------------------------------------------


def first_shown(sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """The URL decides where it has any of the four parameters, else the cookies."""
    return next((name for name in ("URL", "cookies") if set(_urls.DECIDING) & set(sources[name])), None)


def in_trusted_group(key_id: str | None, trusted: frozenset[str]) -> bool:
    """The key stands in a trusted key group of this behavior."""
    return key_id in trusted


def before(now: int, less_than: int) -> bool:
    """The second of DateLessThan itself is too late [convention]."""
    return now < less_than


def in_range(address: str | None, allowed: str) -> bool:
    """Whether an IPv4 address lies in the range; an IPv6 viewer never does."""
    try:
        return address is not None and ip_address(address) in ip_network(allowed, strict=False)
    except ValueError:
        return False


@dataclass(frozen=True)
class How:
    """The rules that decide, one function each."""

    shown: Callable[[Mapping[str, Mapping[str, str]]], str | None] = first_shown
    trusted: Callable[[str | None, frozenset[str]], bool] = in_trusted_group
    canned_url: Callable[[str], str] = _urls.without_own
    resource_fits: Callable[[str | None, str], bool] = _urls.resource_fits
    before: Callable[[int, int], bool] = before
    in_range: Callable[[str | None, str], bool] = in_range


def start(given: Given) -> dict[str, Any]:
    return {"texts": dict.fromkeys(VIEW, "")}


def play(given: Given, trace: Tracer, how: How) -> None:
    if given.sign:
        sign(given, given.sign, trace)
    elif given.request:
        Checking(given, given.request, trace, how).run()
    else:
        raise GivenError("give `sign` to make a signed URL, or `request` to check one")


# -- making one --------------------------------------------------------------------------------------------------------


def sign(given: Given, asked: Sign, trace: Tracer) -> None:
    """The policy, its signature, then URL and cookies."""
    if given.key is None or given.key.private_key is None:
        raise GivenError("signing needs `key` with `private_key` in PEM", pointer="/key")
    policy = policy_of(asked)
    custom = asked.kind == "custom"
    rule = _rules.CUSTOM_POLICY if custom else _rules.CANNED_POLICY
    changes = {"/outcome/policy": policy, "/state/texts/Policy": policy}
    trace.step(rule, f"The {asked.kind} policy for {asked.url}", rule.says, changes=changes)
    signature = _urls.to_url(_keys.sign(given.key, policy.encode(), asked.hash_algorithm))
    changes = {"/outcome/signature": signature, "/state/texts/Signature": signature}
    trace.step(_rules.SIGNATURE, f"{asked.hash_algorithm} and RSA sign it", _rules.SIGNATURE.says, changes=changes)
    first = ("Policy", _urls.to_url(policy.encode())) if custom else ("Expires", str(second(asked, "date_less_than")))
    trace.step(_rules.ENCODING, f"{first[0]} and Signature are made fit for a URL", _rules.ENCODING.says)
    carried = [first, ("Signature", signature), ("Key-Pair-Id", given.key.id)]
    if asked.hash_algorithm != "SHA1":
        carried.append(("Hash-Algorithm", asked.hash_algorithm))
    query = "&".join(f"{name}={value}" for name, value in carried)
    url = _urls.with_query(asked.url, query)
    changes = {"/outcome/query": query, "/outcome/signed_url": url, "/state/texts/Presented": url}
    trace.step(_rules.AS_URL, "The signed URL", _rules.AS_URL.says, changes=changes)
    cookies = {COOKIE + name: value for name, value in carried}
    ended = {"/outcome/cookies": cookies, "/outcome/status": "signed"}
    trace.step(_rules.AS_COOKIES, f"The same as {len(cookies)} cookies", _rules.AS_COOKIES.says, changes=ended)


def policy_of(asked: Sign) -> str:
    """The policy text, its conditions in the order in which botocore writes them."""
    less_than = second(asked, "date_less_than")
    if asked.kind == "canned":
        for name in ("date_greater_than", "ip_address", "resource"):
            if getattr(asked, name) is not None:
                raise GivenError("a canned policy has no place for it: sign a custom one", pointer=f"/sign/{name}")
        return _urls.canned(asked.url, less_than)
    condition: dict[str, Any] = {"DateLessThan": {"AWS:EpochTime": less_than}}
    if asked.ip_address:
        address = asked.ip_address if "/" in asked.ip_address else f"{asked.ip_address}/32"
        condition["IpAddress"] = {"AWS:SourceIp": address}
    if asked.date_greater_than:
        condition["DateGreaterThan"] = {"AWS:EpochTime": second(asked, "date_greater_than")}
    return _urls.statement(asked.resource or asked.url, condition)


def second(asked: Sign | Viewer, name: str) -> int:
    """A time of `given` in epoch seconds."""
    where = "sign" if isinstance(asked, Sign) else "request"
    try:
        return timestamps.epoch(getattr(asked, name) or "")
    except ValueError:
        raise GivenError("give a time: epoch seconds or ISO 8601", pointer=f"/{where}/{name}") from None


# -- checking one ------------------------------------------------------------------------------------------------------


def trusted_keys(given: Given) -> frozenset[str] | None:
    """The ids of the keys that may sign for this behavior; None where everybody is served."""
    if given.behavior is None:
        return frozenset(given.known)
    groups, signers = entries(given.behavior.trusted_key_groups), entries(given.behavior.trusted_signers)
    ids = [key for entry in groups for key in group_keys(entry, given)]
    if signers:
        named = [key for entry in signers if isinstance(entry, dict) for key in entries(key_list(entry))]
        ids += named or list(given.known)
    if not all(isinstance(key, str) for key in ids):
        raise GivenError("the id of a key is text", pointer="/behavior")
    return frozenset(ids) if groups or signers else None


def entries(value: Any) -> list[Any]:
    """A list, or AWS's {Enabled, Quantity, Items}; empty where it is switched off."""
    if isinstance(value, dict):
        value = value.get("Items") if value.get("Enabled", True) else None
    if not isinstance(value, list | None):
        raise GivenError("expected a list of groups, signers or keys", pointer="/behavior")
    return list(value or [])


def key_list(group: Mapping[str, Any]) -> Any:
    """The key ids of a key group or signer, wherever it has them."""
    inner = group.get("KeyGroupConfig", group)
    if not isinstance(inner, dict):
        raise GivenError("KeyGroupConfig is a mapping", pointer="/key_groups")
    return inner.get("keys") or inner.get("KeyPairIds") or inner.get("Items")


def group_keys(entry: Any, given: Given) -> Iterator[str]:
    """The keys of one trusted group; a text is the id of a group, or of a key where there is no such group."""
    if isinstance(entry, dict):
        yield from entries(key_list(entry))
        return
    listed = given.key_groups.get("KeyGroupList") if isinstance(given.key_groups, dict) else given.key_groups
    groups = [group for group in entries(listed) if isinstance(group, dict)]
    known = [group["KeyGroup"] if isinstance(group.get("KeyGroup"), dict) else group for group in groups]
    group = next((group for group in known if entry in (group.get("Id"), group.get("id"))), None)
    yield from entries(key_list(group)) if group else [entry]


@dataclass
class Checking:
    """One request of a viewer."""

    given: Given
    viewer: Viewer
    trace: Tracer
    how: How
    told: list[str] = field(default_factory=list)
    why: str = ""

    def run(self) -> None:
        trusted = trusted_keys(self.given)
        checks: dict[str, Any] = {"/outcome/checks": dict.fromkeys(CHECKS)}
        if trusted is None:
            title = "No trusted key group: the file is public"
            return self.served(_rules.PUBLIC, title, checks)
        presented = self.presented()
        if presented is None:
            return self.refuse(_rules.MISSING, "missing", "Neither URL nor cookies carry a signature", checks)
        title = f"The {presented.source} presents key {presented.key_id}"
        changes = checks | {"/state/texts/Presented": f"{presented.source}: {presented.policy}"}
        self.trace.step(_rules.PRESENTED, title, _rules.PRESENTED.says, changes=changes)
        if not self.key_group(presented, trusted) or not self.signature(presented):
            return None
        terms = "it cannot be decoded" if presented.policy is None else _urls.terms(presented.policy)
        if isinstance(terms, str):
            return self.refuse(_rules.POLICY, "policy", f"CloudFront cannot use the policy: {terms}", {})
        return self.conditions(terms, exact=presented.source.startswith("canned"))

    # What is presented

    def presented(self) -> Presented | None:
        url = {name: value for name, value in _urls.parameters(self.viewer.url).items() if name in _urls.OWN}
        cookies = {
            name.removeprefix(COOKIE): str(value)
            for name, value in self.viewer.cookies.items()
            if name.startswith(COOKIE)
        }
        shown = self.how.shown({"URL": url, "cookies": cookies})
        if shown is not None:
            return self.carried(url if shown == "URL" else cookies, shown)
        if self.given.policy is None:
            return None
        source = "custom policy by " + ("URL" if self.viewer.via == "url" else "cookies")
        key_id = self.given.key.id if self.given.key else None
        return Presented(source, self.given.policy, self.given.signature, key_id, assumed=not self.given.signature)

    def carried(self, values: Mapping[str, str], shown: str) -> Presented:
        """What a URL or the cookies carry; a canned policy is rebuilt from the URL and the time."""
        rest = values.get("Signature"), values.get("Key-Pair-Id"), values.get("Hash-Algorithm", "SHA1")
        if "Policy" in values:
            raw = _urls.from_url(values["Policy"])
            return Presented(
                f"custom policy by {shown}", None if raw is None else raw.decode("utf-8", "replace"), *rest
            )
        expires = values.get("Expires", "")
        readable = EPOCH.fullmatch(expires)
        policy = _urls.canned(self.how.canned_url(self.viewer.url), int(expires)) if readable else None
        return Presented(f"canned policy by {shown}", policy, *rest)

    # The checks

    def check(self, name: str, rule: Rule, holds: bool, title: str, detail: str = "") -> bool:
        """One check, noted; the first that fails gives its name."""
        changes: dict[str, Any] = {f"/outcome/checks/{name}": holds}
        if not holds and self.trace.outcome["failed"] is None:
            changes["/outcome/failed"] = name
            self.why = title
        self.told.append(f"{'yes' if holds else 'NO '} {name}: {title}")
        changes["/state/texts/Checks"] = "\n".join(self.told)
        self.trace.step(rule, title, detail or rule.says, changes=changes)
        return holds

    def key_group(self, presented: Presented, trusted: frozenset[str]) -> bool:
        holds = self.how.trusted(presented.key_id, trusted)
        named = ", ".join(sorted(trusted)) or "none"
        title = f"Key {presented.key_id} is {'' if holds else 'not '}trusted by this behavior"
        return self.check("key_group", _rules.KEY_GROUP, holds, title, f"Trusted keys: {named}.") or self.denied(
            "missing" if presented.key_id is None else "key_group"
        )

    def signature(self, presented: Presented) -> bool:
        """RSA over the policy's text; without key material the signature is taken as right."""
        known = self.given.known
        material = any(key.has_material for key in known.values())
        if presented.assumed or (presented.signature is not None and not material):
            self.check("signature", _rules.ASSUMED, True, "The signature is taken as right")
            return True
        if presented.policy is None:
            return True
        holds = self.verified(presented, known.get(presented.key_id or ""))
        title = f"The signature {'fits' if holds else 'does not fit'} the policy"
        detail = f"Checked with {presented.hashed} over this text, each letter of it: {presented.policy}"
        return self.check("signature", _rules.CHECKED, holds, title, detail) or self.denied()

    def verified(self, presented: Presented, key: Key | None) -> bool:
        signature = _urls.from_url(presented.signature or "")
        if key is None or not signature or presented.hashed not in _keys.HASHES:
            return False
        text = presented.policy
        message = text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))
        return _keys.verifies(key, message.encode(), signature, presented.hashed)

    def conditions(self, terms: _urls.Terms, *, exact: bool) -> None:
        """Resource, dates and address: all are looked at, the first that fails is named."""
        now, url = second(self.viewer, "time"), _urls.without_own(self.viewer.url)
        fits = exact or self.how.resource_fits(terms.resource, url)
        title = f"{url} {'fits' if fits else 'does not fit'} {terms.resource or 'any file'}"
        results = [self.check("resource", _rules.RESOURCE, fits, title)]
        early = self.how.before(now, terms.less_than)
        title = f"{now} is {'before' if early else 'not before'} DateLessThan {terms.less_than}"
        results.append(self.check("date_less_than", _rules.LESS_THAN, early, title))
        if terms.greater_than is not None:
            late = now >= terms.greater_than
            title = f"{now} is {'not before' if late else 'before'} DateGreaterThan {terms.greater_than}"
            results.append(self.check("date_greater_than", _rules.GREATER_THAN, late, title))
        if terms.ip is not None:
            inside = self.how.in_range(self.viewer.ip, terms.ip)
            title = f"{self.viewer.ip or 'No address'} is {'' if inside else 'not '}in {terms.ip}"
            results.append(self.check("ip", _rules.IP, inside, title))
        if all(results):
            self.served(
                _rules.SERVED,
                "Every check holds: the file is served",
                {},
                "; ".join(line.partition(": ")[2] for line in self.told),
            )
        else:
            self.denied()

    # The end

    def served(self, rule: Rule, title: str, changes: dict[str, Any], detail: str = "") -> None:
        ended = {"/outcome/status": "allow", "/outcome/http_status": 200}
        self.trace.step(rule, title, detail or rule.says, changes=changes | ended)

    def refuse(self, rule: Rule, failed: str, title: str, changes: dict[str, Any]) -> None:
        """Refused before there is anything to check."""
        self.why = title
        self.trace.step(rule, title, rule.says, changes=changes | {"/outcome/failed": failed})
        self.denied()

    def denied(self, said: str | None = None) -> bool:
        """403; `said` names the error where it is not that of the check that failed."""
        failed = self.trace.outcome["failed"]
        code, message = ERRORS.get(said or failed, ("AccessDenied", "Access denied"))
        error = {"code": code, "message": message}
        changes: dict[str, Any] = {"/outcome/status": "deny", "/outcome/http_status": 403, "/outcome/error": error}
        self.trace.step(_rules.SERVED, f"CloudFront answers 403, as {failed} fails", f"{self.why}.", changes=changes)
        return False


# -- beliefs -----------------------------------------------------------------------------------------------------------


def cookies_first(sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """Believed: signed cookies win over a signed URL."""
    return next((name for name in ("cookies", "URL") if set(_urls.DECIDING) & set(sources[name])), None)


def any_key(key_id: str | None, trusted: frozenset[str]) -> bool:
    """Believed: any key pair of the account may sign."""
    return True


def path_only(url: str) -> str:
    """Believed: only the path is signed, the query may change."""
    return url.partition("?")[0]


def prefix_star(pattern: str | None, url: str) -> bool:
    """Believed: a `*` matches anything that follows, a query too."""
    return pattern is None or glob.matches(pattern, url)


def last_second_included(now: int, less_than: int) -> bool:
    """Believed: a URL is good up to and including its expiry."""
    return now <= less_than


def three_octets(address: str | None, allowed: str) -> bool:
    """Believed: a range is whatever shares the first three numbers."""
    return address is not None and address.rpartition(".")[0] == allowed.rpartition(".")[0]


def one_address(address: str | None, allowed: str) -> bool:
    """Believed: a policy can name a single address only."""
    return address == allowed.partition("/")[0]


SIMULATION = Simulation(
    name="cloudfront-signed",
    title="CloudFront signed URLs and cookies",
    view="texts",
    rules=_rules.RULES,
    beliefs=(
        Belief(
            "cookies-first", "signed cookies win over a signed URL",
            "A URL with any of the four parameters is judged by them alone; cookies are then ignored.",
            "shown", cookies_first, ("cloudfront-signed-url-cookies.url-before-cookies",),
        ),
        Belief(
            "any-key", "any key pair of the account may sign",
            "The key must be in a key group that this cache behavior trusts.",
            "trusted", any_key, ("cloudfront-signed-url-cookies.key-groups",),
        ),
        Belief(
            "path-only", "only the path is signed, the query string may be changed",
            "The canned policy is rebuilt from the whole URL: one more parameter and the signature does not fit.",
            "canned_url", path_only, ("cloudfront-signed-url-cookies.canned-or-custom",),
        ),
        Belief(
            "star-matches-all", "a wildcard matches across the question mark of the query",
            "Each wildcard stays in its section: protocol, domain, path or query.",
            "resource_fits", prefix_star, ("cloudfront-signed-url-cookies.wildcards",),
        ),
        Belief(
            "last-second-included", "a URL is still good in the second of its DateLessThan",
            "The request must come before DateLessThan.",
            "before", last_second_included, ("cloudfront-signed-url-cookies.expiry",),
        ),
        Belief(
            "three-octets", "a range takes in whatever shares its first three numbers",
            "The number after the slash says how many bits are fixed: /26 takes in 64 addresses.",
            "in_range", three_octets, ("cloudfront-signed-url-cookies.02",),
        ),
        Belief(
            "one-address", "a policy can name a single address only",
            "IpAddress takes one address or one range in CIDR form.",
            "in_range", one_address, ("cloudfront-signed-url-cookies.02",),
        ),
    ),
    given=Given,
    outcome={
        "checks": {}, "http_status": None, "failed": None, "policy": None, "signature": None, "query": None,
        "cookies": {}, "signed_url": None,
    },
    statuses=("allow", "deny", "signed"),
    play=play,
    how=How(),
    start=start,
)  # fmt: skip
