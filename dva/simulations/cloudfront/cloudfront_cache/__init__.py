"""One edge cache of CloudFront, request by request: which behavior, which key, hit or miss, and for how long.

    1. The first cache behavior whose path pattern matches
    2. The cache key: path, and the query parameters, headers and cookies that the behavior's policy names
    3. The key is cached and fresh: a hit. Otherwise the origin is asked
    4. The origin's response is kept for what it says, between the Minimum and the Maximum TTL

Regional edge caches, several edge locations and early eviction are not modeled.
"""

from dva.simulations.cloudfront.cloudfront_cache import beliefs  # noqa: F401  collected where they are declared
from dva.simulations.cloudfront.cloudfront_cache.documents import Given, Responses
from dva.simulations.cloudfront.cloudfront_cache.engine import serve_all
from dva.simulations.cloudfront.cloudfront_cache.rules import mechanism

SIMULATION = mechanism.simulation(title="CloudFront's cache", view="grid", unit="s", given=Given, outcome=Responses,
                                  run=serve_all, initial_state=lambda given: {"cells": {}})  # fmt: skip
