"""Commands in a clean interpreter that tells what was imported, asked of the network and started."""

import json
import subprocess
import sys

WATCHED = """
import json, sys
asked = []
ASKING = {
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn",
}
def hook(event, arguments):
    if event in ASKING:
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
    """(modules imported, events of network and processes, stdout) of a command."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps(arguments)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    told = json.loads(done.stderr.strip().splitlines()[-1])
    return set(told["modules"]), told["asked"], done.stdout
