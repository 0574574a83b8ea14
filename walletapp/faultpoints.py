"""Named places at which a test may kill this process, to prove that dying there loses nothing.

`reach(name)` does nothing at all unless WALLETAPP_FAULTPOINT names the point, and settings refuse that outside DEBUG
and tests. The value is `name` or `name:n`: kill -9 of the own process on the n-th pass.
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

_armed, _, _nth = os.environ.get("WALLETAPP_FAULTPOINT", "").partition(":")
_passes = iter(range(1, 1_000_000))

if _armed:

    def reach(name: str) -> None:
        """Die here if this is the armed point and the n-th pass."""
        if name == _armed and next(_passes) == int(_nth or "1"):
            os.kill(os.getpid(), signal.SIGKILL)

else:

    def reach(name: str) -> None:
        """Nothing: no point is armed."""
