"""The lifecycle events of a CodeDeploy deployment: which happen where, in order, and which of them run scripts.

AWS CodeDeploy User Guide, "AppSpec 'hooks' section"; the order of the agent's own events is that of
codedeploy-local (aws/aws-codedeploy-agent, lib/aws/codedeploy/local/deployer.rb).
"""

BLOCK = ("BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic")
INSTALL = (
    "ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart",
    "ValidateService",
)  # fmt: skip
ALLOW = ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")
ECS = (
    "BeforeInstall", "Install", "AfterInstall", "AllowTestTraffic", "AfterAllowTestTraffic", "BeforeAllowTraffic",
    "AllowTraffic", "AfterAllowTraffic",
)  # fmt: skip

RESERVED = frozenset({"DownloadBundle", "Install", "BlockTraffic", "AllowTraffic", "AllowTestTraffic"})
"""CodeDeploy's own events: no script can be given for them."""

AGENT = tuple(event for event in (*BLOCK, *INSTALL, *ALLOW) if event not in ("BlockTraffic", "AllowTraffic"))
"""What the agent does on an instance, in order; the load balancer's two events are done by the service."""

FROM_THE_REVISION_BEFORE = frozenset({"BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"})
"""Events whose script comes from the revision that was last installed: the new one is not there yet, or not yet it."""


def scriptable(events: tuple[str, ...] | list[str]) -> list[str]:
    """Return those of the events that run scripts."""
    return [event for event in events if event not in RESERVED]


def owner(event: str, *, blue_green_rollback: bool = False) -> str:
    """Return whose script an event runs: `current`, `last_successful` (installed) or `most_recent` (downloaded).

    The rollback of a blue/green deployment moves traffic back to instances that run the revision before.
    """
    if blue_green_rollback and event in ("BeforeBlockTraffic", "AfterBlockTraffic"):
        return "most_recent"
    if blue_green_rollback and event in ("BeforeAllowTraffic", "AfterAllowTraffic"):
        return "last_successful"
    return "last_successful" if event in FROM_THE_REVISION_BEFORE else "current"
