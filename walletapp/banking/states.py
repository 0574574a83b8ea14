"""What a bank account may be and what may become of it.

A virtual account is where money comes in: opening -> active, then paused, active again, or closed. An external account
is where money goes out: checking -> verified or refused, then stopped, verified again, or removed by its owner. Closed,
refused and removed are ends: whoever wants the same account again adds it again.
"""

from django.db.models import TextChoices


class VirtualAccountState(TextChoices):
    OPENING = "opening", "Being opened"
    ACTIVE = "active", "Open"
    PAUSED = "paused", "Paused by our bank partner"
    CLOSED = "closed", "Closed"


class ExternalAccountState(TextChoices):
    CHECKING = "checking", "Being checked"
    VERIFIED = "verified", "Ready"
    REFUSED = "refused", "Not accepted"
    STOPPED = "stopped", "Stopped by our bank partner"
    REMOVED = "removed", "Removed"


# For each state, the states it may be reached from.
VIRTUAL_MOVES: dict[VirtualAccountState, frozenset[VirtualAccountState]] = {
    VirtualAccountState.ACTIVE: frozenset({VirtualAccountState.OPENING, VirtualAccountState.PAUSED}),
    VirtualAccountState.PAUSED: frozenset({VirtualAccountState.OPENING, VirtualAccountState.ACTIVE}),
    VirtualAccountState.CLOSED: frozenset(
        {VirtualAccountState.OPENING, VirtualAccountState.ACTIVE, VirtualAccountState.PAUSED}
    ),
}

EXTERNAL_MOVES: dict[ExternalAccountState, frozenset[ExternalAccountState]] = {
    ExternalAccountState.VERIFIED: frozenset({ExternalAccountState.CHECKING, ExternalAccountState.STOPPED}),
    ExternalAccountState.REFUSED: frozenset({ExternalAccountState.CHECKING}),
    ExternalAccountState.STOPPED: frozenset({ExternalAccountState.CHECKING, ExternalAccountState.VERIFIED}),
    ExternalAccountState.REMOVED: frozenset(
        {
            ExternalAccountState.CHECKING,
            ExternalAccountState.VERIFIED,
            ExternalAccountState.REFUSED,
            ExternalAccountState.STOPPED,
        }
    ),
}
