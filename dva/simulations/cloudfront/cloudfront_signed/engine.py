"""Making a signed URL: policy, signature, URL and cookies. Checking one: key, signature, resource, dates, address."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from dva.aws import timestamps
from dva.errors import GivenError
from dva.simulations.cloudfront.cloudfront_signed import rules, urls
from dva.simulations.cloudfront.cloudfront_signed.documents import Given, Key, Sign, Viewer
from dva.simulations.frame import Draw, Run
from dva.trace import Place, Rule

TEXTS = ("Policy", "Signature", "Presented", "Checks")
"""What is drawn."""
CHECKS = ("key_group", "signature", "resource", "date_less_than", "date_greater_than", "ip")
COOKIE = "CloudFront-"
"""What the names of CloudFront's cookies begin with (rules.COOKIES)."""
EPOCH = re.compile("[0-9]{1,12}")
CHECKED = {
    "key_group": "the key is not in a key group of the behavior", "signature": "the signature is not valid",
    "resource": "the URL does not match the resource", "date_less_than": "the time is not before DateLessThan",
    "date_greater_than": "the time is not after DateGreaterThan", "ip": "the address is not in the range",
    "missing": "there is no signature", "policy": "the policy is not valid",
}  # fmt: skip
"""What the first check that fails says to a viewer's request."""
ERRORS = {
    "missing": ("MissingKey", "Missing Key-Pair-Id query parameter or cookie value"),
    "key_group": ("InvalidKey", "Unknown Key"), "policy": ("MalformedPolicy", "Malformed Policy"),
}  # fmt: skip
"""What the body of the 403 says where it is not AccessDenied (re:Post, troubleshoot signed URLs and cookies)."""


def sign_or_check(given: Given, run: Run) -> None:
    """Sign a URL, or check one."""
    if given.sign:
        sign(given, given.sign, run)
    elif given.request:
        Checking(given, given.request, run).check_all()
    else:
        raise GivenError("give `sign` to make a signed URL, or `request` to check one")


def sign(given: Given, asked: Sign, run: Run) -> None:
    """Make the policy, its signature, then URL and cookies."""
    if given.key is None or given.key.private_key is None:
        raise GivenError("signing needs `key` with `private_key` in PEM", pointer="/key")
    policy, custom = policy_of(asked), asked.kind == "custom"
    rule = rules.CUSTOM_POLICY if custom else rules.CANNED_POLICY
    run.step(rule, f"The {asked.kind} policy for {asked.url}", policy=policy, draw={("texts", "Policy"): policy})
    from dva.simulations.cloudfront.cloudfront_signed import keys

    signature = urls.to_url(keys.sign(given.key, policy.encode(), asked.hash_algorithm))
    run.step(rules.SIGNATURE, f"{asked.hash_algorithm} and RSA sign it", signature=signature,
             draw={("texts", "Signature"): signature})  # fmt: skip
    first = ("Policy", urls.to_url(policy.encode())) if custom else ("Expires", str(second(asked, "date_less_than")))
    run.step(rules.ENCODING, f"{first[0]} and Signature are made fit for a URL")
    carried = [first, ("Signature", signature), ("Key-Pair-Id", given.key.id)]
    if asked.hash_algorithm != "SHA1":
        carried.append(("Hash-Algorithm", asked.hash_algorithm))
    query = "&".join(f"{name}={value}" for name, value in carried)
    url = f"{asked.url}{'&' if '?' in asked.url else '?'}{query}"
    run.step(rules.AS_URL, "The signed URL", query=query, signed_url=url, draw={("texts", "Presented"): url})
    cookies = {COOKIE + name: value for name, value in carried}
    run.step(rules.AS_COOKIES, f"The same as {len(cookies)} cookies", cookies=cookies, status="signed")


def policy_of(asked: Sign) -> str:
    """Return the policy text, its conditions in the order in which botocore writes them."""
    less_than = second(asked, "date_less_than")
    if asked.kind == "canned":
        for name in ("date_greater_than", "ip_address", "resource"):
            if getattr(asked, name) is not None:
                raise GivenError("a canned policy has no place for it: sign a custom one", pointer=f"/sign/{name}")
        return urls.canned(asked.url, less_than)
    condition: dict[str, Any] = {"DateLessThan": {"AWS:EpochTime": less_than}}
    if asked.ip_address:
        address = asked.ip_address if "/" in asked.ip_address else f"{asked.ip_address}/32"
        condition["IpAddress"] = {"AWS:SourceIp": address}
    if asked.date_greater_than:
        condition["DateGreaterThan"] = {"AWS:EpochTime": second(asked, "date_greater_than")}
    return urls.statement(asked.resource or asked.url, condition)


def second(asked: Sign | Viewer, name: str) -> int:
    """Return a time of `given` in epoch seconds; GivenError where it is not a time."""
    where = "sign" if isinstance(asked, Sign) else "request"
    try:
        return timestamps.epoch(getattr(asked, name) or "")
    except ValueError:
        raise GivenError("give a time: epoch seconds or ISO 8601", pointer=f"/{where}/{name}") from None


@dataclass(frozen=True)
class Presented:
    """What the viewer shows: the policy's text (None where it cannot be read), and its signature where there is one."""

    source: str
    policy: str | Mapping[str, Any] | None
    signature: str | None
    key_id: str | None
    hashed: str = "SHA1"
    assumed: bool = False


# The rule functions that beliefs replace (others are in urls.py)


def first_shown(sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return what decides: the URL where it has any of the four parameters, else the cookies."""
    return next((name for name in ("URL", "cookies") if set(urls.DECIDING) & set(sources[name])), None)


def in_trusted_group(key_id: str | None, trusted: frozenset[str]) -> bool:
    """Whether the key is in a trusted key group of this behavior."""
    return key_id in trusted


def before(now: int, less_than: int) -> bool:
    """Whether a request is in time; the second of DateLessThan itself is too late (dva's assumption)."""
    return now < less_than


def in_range(address: str | None, allowed: str) -> bool:
    """Whether an IPv4 address is in the range; an IPv6 viewer never does."""
    try:
        return address is not None and ip_address(address) in ip_network(allowed, strict=False)
    except ValueError:
        return False


# What is checked


def trusted_keys(given: Given) -> frozenset[str] | None:
    """Return the ids of the keys that may sign for this behavior; None where everybody is served."""
    if given.behavior is None:
        return frozenset(given.known)
    groups, signers = entries(given.behavior.trusted_key_groups), entries(given.behavior.trusted_signers)
    ids = [key for entry in groups for key in group_keys(entry, given)]
    if signers:
        ids += [key for entry in signers if isinstance(entry, dict) for key in key_list(entry)] or list(given.known)
    if not all(isinstance(key, str) for key in ids):
        raise GivenError("the id of a key is text", pointer="/behavior")
    return frozenset(ids) if groups or signers else None


def entries(value: Any) -> list[Any]:
    """Return a list, or the items of AWS's {Enabled, Quantity, Items}; empty where it is switched off."""
    if isinstance(value, dict):
        value = value.get("Items") if value.get("Enabled", True) else None
    if not isinstance(value, list | None):
        raise GivenError("expected a list of groups, signers or keys", pointer="/behavior")
    return list(value or [])


def key_list(group: Mapping[str, Any]) -> list[Any]:
    """Return the key ids of a key group or signer, wherever it has them."""
    inner = group.get("KeyGroupConfig", group)
    if not isinstance(inner, dict):
        raise GivenError("KeyGroupConfig is a mapping", pointer="/key_groups")
    return entries(inner.get("keys") or inner.get("KeyPairIds") or inner.get("Items"))


def group_keys(entry: Any, given: Given) -> list[Any]:
    """Return the keys of one trusted group; a text is the id of a group, or of a key where there is no such group."""
    if isinstance(entry, dict):
        return key_list(entry)
    listed = given.key_groups.get("KeyGroupList") if isinstance(given.key_groups, dict) else given.key_groups
    groups = [group for group in entries(listed) if isinstance(group, dict)]
    known = [group["KeyGroup"] if isinstance(group.get("KeyGroup"), dict) else group for group in groups]
    group = next((group for group in known if entry in (group.get("Id"), group.get("id"))), None)
    return key_list(group) if group else [entry]


class Checking:
    """The check of one request."""

    def __init__(self, given: Given, viewer: Viewer, run: Run) -> None:
        self.given, self.viewer, self.run = given, viewer, run
        self.lines: list[str] = []
        """The checks so far, as they are drawn."""
        self.why = ""

    def check_all(self) -> None:
        """Make the checks in order, up to the first of key and signature that fails, else all."""
        trusted = trusted_keys(self.given)
        checks: dict[Place, object] = {("checks",): dict.fromkeys(CHECKS)}
        if trusted is None:
            return self.serve(rules.PUBLIC, "No trusted key group: the file is public", inside=checks)
        presented = self.presented()
        if presented is None:
            return self.refuse(rules.MISSING, "missing", "Neither URL nor cookies carry a signature", checks)
        drawn: Draw = {("texts", "Presented"): f"{presented.source}: {presented.policy}"}
        title = f"The {presented.source} presents key {presented.key_id}"
        self.run.step(rules.PRESENTED, title, inside=checks, draw=drawn)
        if not self.key_group(presented, trusted) or not self.signature(presented):
            return None
        terms = "it cannot be decoded" if presented.policy is None else urls.terms(presented.policy)
        if isinstance(terms, str):
            return self.refuse(rules.POLICY, "policy", f"CloudFront cannot use the policy: {terms}")
        return self.conditions(terms, exact=presented.source.startswith("canned"))

    def presented(self) -> Presented | None:
        """Return what the viewer presents; None where there is nothing."""
        url = {name: value for name, value in urls.parameters(self.viewer.url).items() if name in urls.OWN}
        sent = self.viewer.cookies.items()
        cookies = {name.removeprefix(COOKIE): str(value) for name, value in sent if name.startswith(COOKIE)}
        shown = self.run.using(first_shown)({"URL": url, "cookies": cookies})
        if shown is not None:
            return self.carried(url if shown == "URL" else cookies, shown)
        if self.given.policy is None:
            return None
        source = "custom policy by " + ("URL" if self.viewer.via == "url" else "cookies")
        key_id = self.given.key.id if self.given.key else None
        return Presented(source, self.given.policy, self.given.signature, key_id, assumed=not self.given.signature)

    def carried(self, values: Mapping[str, str], shown: str) -> Presented:
        """Return what a URL or the cookies carry; a canned policy is rebuilt from the URL and the time."""
        rest = values.get("Signature"), values.get("Key-Pair-Id"), values.get("Hash-Algorithm", "SHA1")
        if "Policy" in values:
            raw = urls.from_url(values["Policy"])
            policy = None if raw is None else raw.decode("utf-8", "replace")
            return Presented(f"custom policy by {shown}", policy, *rest)
        expires = values.get("Expires", "")
        url = self.run.using(urls.without_own)(self.viewer.url)
        policy = urls.canned(url, int(expires)) if EPOCH.fullmatch(expires) else None
        return Presented(f"canned policy by {shown}", policy, *rest)

    def check(self, name: str, rule: Rule, holds: bool, title: str, why: str = "") -> bool:
        """Record one check; the first that fails gives its name."""
        changes: dict[Place, object] = {("checks", name): holds}
        if not holds and self.run.outcome["failed"] is None:
            changes["failed",] = name
            self.why = title
        self.lines.append(f"{'yes' if holds else 'NO '} {name}: {title}")
        self.run.step(rule, title, why, inside=changes, draw={("texts", "Checks"): "\n".join(self.lines)})
        return holds

    def key_group(self, presented: Presented, trusted: frozenset[str]) -> bool:
        """Check that the key is trusted."""
        holds = self.run.using(in_trusted_group)(presented.key_id, trusted)
        named = ", ".join(sorted(trusted)) or "none"
        title = f"Key {presented.key_id} is {'' if holds else 'not '}trusted by this behavior"
        return self.check("key_group", rules.KEY_GROUP, holds, title, f"Trusted keys: {named}.") or self.deny(
            "missing" if presented.key_id is None else "key_group"
        )

    def signature(self, presented: Presented) -> bool:
        """Check the signature over the policy's text; without key material it is taken as right."""
        known = self.given.known
        material = any(key.has_material for key in known.values())
        if presented.assumed or (presented.signature is not None and not material):
            return self.check("signature", rules.ASSUMED, True, "The signature is taken as right")
        if presented.policy is None:
            return True
        holds = self.verified(presented, known.get(presented.key_id or ""))
        title = f"The signature {'fits' if holds else 'does not fit'} the policy"
        detail = f"Checked with {presented.hashed} over this text, each letter of it: {presented.policy}"
        return self.check("signature", rules.CHECKED, holds, title, detail) or self.deny()

    def verified(self, presented: Presented, key: Key | None) -> bool:
        """Whether the key made the signature."""
        signature = urls.from_url(presented.signature or "")
        if key is None or not signature:
            return False
        text = presented.policy
        message = text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))
        from dva.simulations.cloudfront.cloudfront_signed import keys

        return keys.verifies(key, message.encode(), signature, presented.hashed)

    def conditions(self, terms: urls.Terms, *, exact: bool) -> None:
        """Check resource, dates and address: all are looked at, the first that fails is named."""
        now, url = second(self.viewer, "time"), urls.without_own(self.viewer.url)
        fits = exact or self.run.using(urls.resource_fits)(terms.resource, url)
        title = f"{url} {'fits' if fits else 'does not fit'} {terms.resource or 'any file'}"
        self.check("resource", rules.RESOURCE, fits, title)
        early = self.run.using(before)(now, terms.less_than)
        title = f"{now} is {'before' if early else 'not before'} DateLessThan {terms.less_than}"
        self.check("date_less_than", rules.LESS_THAN, early, title)
        if terms.greater_than is not None:
            late = now >= terms.greater_than
            title = f"{now} is {'not before' if late else 'before'} DateGreaterThan {terms.greater_than}"
            self.check("date_greater_than", rules.GREATER_THAN, late, title)
        if terms.ip is not None:
            inside = self.run.using(in_range)(self.viewer.ip, terms.ip)
            title = f"{self.viewer.ip or 'No address'} is {'' if inside else 'not '}in {terms.ip}"
            self.check("ip", rules.IP, inside, title)
        if self.run.outcome["failed"] is None:
            why = "; ".join(line.partition(": ")[2] for line in self.lines)
            self.serve(rules.SERVED, "Every check holds: the file is served", why)
        else:
            self.deny()

    def serve(self, rule: Rule, title: str, why: str = "", inside: Mapping[Place, object] | None = None) -> None:
        """Serve the file."""
        self.run.step(rule, title, why, inside=inside, status="allow", http_status=200)

    def refuse(self, rule: Rule, failed: str, title: str, inside: Mapping[Place, object] | None = None) -> None:
        """Refuse the request before there is anything to check."""
        self.why = title
        self.run.step(rule, title, inside=inside, failed=failed)
        self.deny()

    def deny(self, reason: str | None = None) -> bool:
        """Respond with 403, and return False; `reason` names the error if it is not that of the check that failed."""
        failed = self.run.outcome["failed"]
        code, message = ERRORS.get(reason or failed, ("AccessDenied", "Access denied"))
        self.run.step(rules.SERVED, f"CloudFront returns 403: {CHECKED.get(failed, failed)}", f"{self.why}.",
                      status="deny", http_status=403, error={"code": code, "message": message})  # fmt: skip
        return False
