"""What people believe of signed URLs and cookies instead."""

from collections.abc import Mapping

from dva.aws import glob
from dva.simulations.cloudfront.cloudfront_signed import urls
from dva.simulations.cloudfront.cloudfront_signed.engine import before, first_shown, in_range, in_trusted_group
from dva.simulations.cloudfront.cloudfront_signed.rules import belief


@belief(first_shown, "cookies-first", "signed cookies win over a signed URL",
        "A URL with any of the four parameters is judged by them alone; cookies are then ignored.",
        "url-before-cookies")  # fmt: skip
def cookies_first(sources: Mapping[str, Mapping[str, str]]) -> str | None:
    return next((name for name in ("cookies", "URL") if set(urls.DECIDING) & set(sources[name])), None)


belief(
    in_trusted_group, "any-key", "any key pair of the account may sign",
    "The key must be in a key group that this cache behavior trusts.", "key-groups",
)(lambda key_id, trusted: True)  # fmt: skip

belief(urls.without_own, "path-only", "only the path is signed, the query string may be changed",
       "The canned policy is rebuilt from the whole URL: one more parameter and the signature does not fit.",
       "canned-or-custom")(lambda url: url.partition("?")[0])  # fmt: skip

belief(urls.resource_fits, "star-matches-all", "a wildcard matches across the question mark of the query",
       "Each wildcard stays in its section: protocol, domain, path or query.",
       "wildcards")(lambda pattern, url: pattern is None or glob.matches(pattern, url))  # fmt: skip

belief(before, "last-second-included", "a URL is still good in the second of its DateLessThan",
       "The request must come before DateLessThan.", "expiry")(lambda now, less_than: now <= less_than)  # fmt: skip


@belief(in_range, "three-octets", "a range takes in whatever shares its first three numbers",
        "The number after the slash says how many bits are fixed: /26 takes in 64 addresses.", "02")  # fmt: skip
def three_octets(address: str | None, allowed: str) -> bool:
    return address is not None and address.rpartition(".")[0] == allowed.rpartition(".")[0]


belief(in_range, "one-address", "a policy can name a single address only",
       "IpAddress takes one address or one range in CIDR form.",
       "02")(lambda address, allowed: address == allowed.partition("/")[0])  # fmt: skip
