"""Times for the tests of the store, in UTC milliseconds."""

START = 1_795_521_600_000
"""24 November 2026, 12:00 UTC."""
DAY = 86_400_000
