"""Moments for the tests of the store, in the milliseconds that events carry."""

START = 1_795_521_600_000
"""24 November 2026, 12:00 UTC."""
DAY = 86_400_000
