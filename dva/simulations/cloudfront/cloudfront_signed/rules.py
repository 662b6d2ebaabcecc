"""The rules of signed URLs and cookies: how they are made, then how CloudFront checks them."""

from dva.simulations.frame import Mechanism

GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
CREATING = f"{GUIDE}/private-content-creating-signed-url"
CUSTOM = f"CloudFront Developer Guide, Create a signed URL using a custom policy: {CREATING}-custom-policy.html"
CANNED = f"CloudFront Developer Guide, Create a signed URL using a canned policy: {CREATING}-canned-policy.html"
COOKIES = f"CloudFront Developer Guide, Use signed cookies: {GUIDE}/private-content-signed-cookies.html"
SIGNERS = f"CloudFront Developer Guide, Specify signers: {GUIDE}/private-content-trusted-signers.html"
URLS = f"CloudFront Developer Guide, Use signed URLs: {GUIDE}/private-content-signed-urls.html"

mechanism = Mechanism("cloudfront-signed", rules="cloudfront.signed", notes="cloudfront-signed-url-cookies")
rule, belief = mechanism.rule, mechanism.belief

# Signing

CANNED_POLICY = rule("canned-policy",
                     "A canned policy names one URL and its end, in one exact spelling; it is signed, not sent.",
                     CANNED, "canned-or-custom")  # fmt: skip
CUSTOM_POLICY = rule("custom-policy",
                     "A custom policy may have wildcards, a beginning and an IP range, and is sent along in base64.",
                     CUSTOM, "canned-or-custom", "02")  # fmt: skip
SIGNATURE = rule("signature", "The private key signs the policy with RSA and SHA-1 (SHA-256 where the URL says so).",
                 URLS, "signature")  # fmt: skip
ENCODING = rule("encoding", "In base64 for URLs `+` is `-`, `=` is `_` and `/` is `~`.", CUSTOM, "signature")
AS_URL = rule("url", "The parameters follow the URL's own query: Expires or Policy, Signature, Key-Pair-Id.", URLS,
              "03")  # fmt: skip
AS_COOKIES = rule("cookies", "The same values may travel in three cookies, and the URLs stay as they are.", COOKIES,
                  "03")  # fmt: skip

# Checking

PUBLIC = rule("no-signers", "A behavior without trusted key groups or signers serves everybody.", SIGNERS, "key-groups")
PRESENTED = rule(
    "presented",
    "Where the URL has any of Expires, Policy, Signature, Key-Pair-Id, it decides alone; else the cookies do.",
    COOKIES, "url-before-cookies",
)  # fmt: skip
MISSING = rule("missing", "Whoever presents neither is refused.", SIGNERS, "key-groups")
KEY_GROUP = rule("key-group", "The key must belong to a trusted key group of this behavior.", SIGNERS, "key-groups")
CHECKED = rule("checked", "The public key must confirm the signature over the policy, sent or rebuilt.", URLS,
               "signature")  # fmt: skip
ASSUMED = rule("assumed", "A policy given without its signature counts as signed by the key.", "dva", "signature",
               assumption=True)  # fmt: skip
POLICY = rule("policy", "A policy is one statement with a DateLessThan.", CUSTOM, "canned-or-custom")
RESOURCE = rule("resource", "The URL must fit Resource; a wildcard stays inside protocol, domain, path or query.",
                CUSTOM, "wildcards")  # fmt: skip
LESS_THAN = rule("date-less-than", "The request must arrive before DateLessThan.", URLS, "expiry")
GREATER_THAN = rule("date-greater-than", "The request must not arrive before DateGreaterThan.", CUSTOM, "expiry")
IP = rule("ip", "The viewer's address must lie in the one IPv4 range of the policy.", CUSTOM, "02")
SERVED = rule("served", "Only where every check holds the file is served; else 403.", URLS, "01")
