"""Commands in a clean interpreter that tells what was imported and what was asked of the network."""

import json
import subprocess
import sys

WATCHED = """
import json, sys
asked = []
def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        asked.append(event)
sys.addaudithook(hook)
sys.argv = ["dva", *json.loads(sys.argv[1])]
from dva.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\n" + json.dumps({"modules": sorted(sys.modules), "asked": asked}))
"""


def watched(*arguments: str, stdin: str = "") -> tuple[set[str], list[str], str]:
    """(modules imported, network events, stdout) of a command."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps(arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    told = json.loads(done.stderr.strip().splitlines()[-1])
    return set(told["modules"]), told["asked"], done.stdout
