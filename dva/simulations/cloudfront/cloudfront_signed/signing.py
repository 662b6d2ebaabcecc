"""Making a signed URL: a policy, its signature, then URL and cookies."""

from typing import Any

from dva.aws import timestamps
from dva.errors import GivenError
from dva.simulations.cloudfront.cloudfront_signed import keys, rules, urls
from dva.simulations.cloudfront.cloudfront_signed.documents import Given, Sign, Viewer
from dva.simulations.frame import Run

COOKIE = "CloudFront-"
"""What the names of CloudFront's cookies begin with (rules.COOKIES)."""


def sign(given: Given, asked: Sign, run: Run) -> None:
    """Make the policy, its signature, then URL and cookies."""
    if given.key is None or given.key.private_key is None:
        raise GivenError("signing needs `key` with `private_key` in PEM", pointer="/key")
    policy, custom = policy_of(asked), asked.kind == "custom"
    rule = rules.CUSTOM_POLICY if custom else rules.CANNED_POLICY
    run.step(rule, f"The {asked.kind} policy for {asked.url}", policy=policy, draw={("texts", "Policy"): policy})
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
