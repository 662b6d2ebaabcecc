"""CloudFront signed URLs and signed cookies: made with a private key, and checked when a viewer comes with one.

Making one (CloudFront Developer Guide, Use signed URLs): a policy, canned or custom; its signature; both put into the
URL or into three cookies. Checking one: does the behavior ask for a signature; what was presented; is the key in a
trusted key group; does the signature hold; then resource, dates and address (the order is dva's assumption).
"""

from dva.simulations.cloudfront.cloudfront_signed import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.cloudfront.cloudfront_signed.documents import Given, Signed
from dva.simulations.cloudfront.cloudfront_signed.engine import TEXTS, sign_or_check
from dva.simulations.cloudfront.cloudfront_signed.rules import mechanism

SIMULATION = mechanism.simulation(title="CloudFront signed URLs and cookies", view="texts", given=Given, outcome=Signed,
                                  run=sign_or_check,
                                  initial_state=lambda given: {"texts": dict.fromkeys(TEXTS, "")})  # fmt: skip
