"""What a transfer may be, what may become what, and the word the customer reads for each.

What must stay true: a state only climbs in rank; final states are final; nothing is called "did not happen" before it
is known where the money is. Every move in the code names its `frm` from this table.
"""

from django.db.models import TextChoices

from walletapp.wallet.states import Word


class Kind(TextChoices):
    SEND = "send", "Send"
    CASH_IN = "cash_in", "Add cash"
    BANK_IN = "bank_in", "Add money by bank"
    DEPOSIT = "deposit", "Received from outside"
    RECEIVED = "received", "Received from a customer here"
    WITHDRAWAL = "withdrawal", "Withdraw to a bank"
    RETURNED = "returned", "Came back from a bank"


# What takes money out of the wallet: held when confirmed, then posted or given back.
OUTGOING = frozenset({Kind.SEND, Kind.WITHDRAWAL})
# What OMS brings in a transaction of its own that is known here before it is done.
ARRIVING = frozenset({Kind.CASH_IN, Kind.BANK_IN, Kind.RETURNED})


class State(TextChoices):
    QUOTED = "quoted", "Priced, not confirmed"
    READY = "ready", "Confirmed"
    SUBMITTING = "submitting", "Being given to OMS"
    UNKNOWN = "unknown", "Given to OMS, answer not known"
    AWAITING_CASH = "awaiting_cash", "Code made, cash not paid"
    PROCESSING = "processing", "OMS is working on it"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed, nothing moved"
    CANCELED = "canceled", "Cancelled by the customer"
    EXPIRED = "expired", "Expired before anything moved"


RANK = {
    State.QUOTED: 10,
    State.READY: 30,
    State.SUBMITTING: 40,
    State.UNKNOWN: 45,
    State.AWAITING_CASH: 50,
    State.PROCESSING: 60,
    State.COMPLETED: 100,
    State.FAILED: 100,
    State.CANCELED: 100,
    State.EXPIRED: 100,
}

FINAL = frozenset(state for state, rank in RANK.items() if rank == 100)
OPEN = frozenset(State) - FINAL - {State.QUOTED}
# OMS may have it, so the money stays where it is until we know.
AT_OMS = frozenset({State.SUBMITTING, State.UNKNOWN, State.AWAITING_CASH, State.PROCESSING})

# For each state, the states it may be reached from. A retry of an unknown attempt stays UNKNOWN: a rank never falls.
MOVES: dict[State, frozenset[State]] = {
    State.READY: frozenset({State.QUOTED}),
    State.SUBMITTING: frozenset({State.READY}),
    State.UNKNOWN: frozenset({State.SUBMITTING}),
    State.AWAITING_CASH: frozenset({State.SUBMITTING, State.UNKNOWN}),
    State.PROCESSING: frozenset({State.SUBMITTING, State.UNKNOWN, State.AWAITING_CASH}),
    State.COMPLETED: AT_OMS,
    State.FAILED: AT_OMS,
    # Out of SUBMITTING only while every attempt is known not to have reached OMS.
    State.CANCELED: frozenset({State.QUOTED, State.READY, State.SUBMITTING}),
    State.EXPIRED: frozenset({State.QUOTED, State.READY, State.SUBMITTING}),
}

WORDS = {
    State.QUOTED: Word.WAITING_FOR_YOU,
    State.READY: Word.IN_PROGRESS,
    State.SUBMITTING: Word.IN_PROGRESS,
    State.UNKNOWN: Word.CHECKING,
    State.AWAITING_CASH: Word.WAITING_FOR_YOU,
    State.PROCESSING: Word.IN_PROGRESS,
    State.COMPLETED: Word.DONE,
    State.FAILED: Word.DID_NOT_HAPPEN,
    State.CANCELED: Word.DID_NOT_HAPPEN,
    State.EXPIRED: Word.DID_NOT_HAPPEN,
}


# Where a bank is involved, it is the one that acts; and what came back is not called done.
_BANKS = {
    (Kind.WITHDRAWAL, State.PROCESSING): Word.WAITING_FOR_BANK,
    (Kind.RETURNED, State.PROCESSING): Word.WAITING_FOR_BANK,
    (Kind.RETURNED, State.COMPLETED): Word.CAME_BACK,
}


def word_for(kind: str, state: str) -> Word:
    """The customer's word for a transfer of this kind in this state."""
    return _BANKS.get((Kind(kind), State(state)), WORDS[State(state)])


def rank_pairs() -> list[tuple[str, int]]:
    """Every allowed (state, rank), for the database's check constraint."""
    return [(state.value, rank) for state, rank in RANK.items()]
