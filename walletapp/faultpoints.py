"""Named places at which a test may kill this process, to prove that dying there loses nothing.

`reach(name)` does nothing at all unless WALLETAPP_FAULTPOINTS names a folder, and settings refuse that outside DEBUG
and tests. A file `<name>.<n>` in the folder arms the point: each pass, in whatever process, takes one off the number,
and the pass that takes the last one is killed with -9. `<name>.0` says that this has happened. So a point is armed and
watched while the programs run, and one arming kills exactly once.
"""

import os
import signal

POINTS = (
    "confirm.begin",
    "confirm.precommit",
    "confirm.postcommit",
    "send.claim_precommit",
    "send.claimed",
    "send.sent",
    "send.answered",
    "send.precommit",
    "send.postcommit",
    "hook.precommit",
    "hook.postcommit",
    "apply.precommit",
    "apply.postcommit",
    "sweep.mid",
)

_folder = os.environ.get("WALLETAPP_FAULTPOINTS", "")

if _folder:

    def reach(name: str) -> None:
        """Die here if this point is armed and this is the pass."""
        for entry in os.scandir(_folder):
            point, _, left = entry.name.rpartition(".")
            if point == name and int(left) > 0:
                try:
                    os.rename(entry.path, f"{_folder}/{name}.{int(left) - 1}")  # noqa: PTH104 - one pass takes it
                except FileNotFoundError:
                    return  # another process passed at the same moment
                if int(left) == 1:
                    os.kill(os.getpid(), signal.SIGKILL)

    def introduce() -> dict[str, str]:
        """Say to OMS which process is calling, so that the sandbox can kill it."""
        return {"X-Test-Pid": str(os.getpid())}

else:

    def reach(name: str) -> None:
        """Nothing: no point can be armed."""

    def introduce() -> dict[str, str]:
        """Nothing: OMS need not know our processes."""
        return {}
