"""`python -m dva`."""

from dva.cli import main

main()
