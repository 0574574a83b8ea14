"""The words a customer reads about a movement, and what kinds of movement there are."""

from django.db.models import TextChoices


class Word(TextChoices):
    """The seven customer states, waiting said of whom one waits for. Every state of every transfer is one of them."""

    WAITING_FOR_YOU = "waiting_for_you", "Waiting for you"
    WAITING_FOR_STORE = "waiting_for_store", "Waiting for the store"
    WAITING_FOR_BANK = "waiting_for_bank", "Waiting for the bank"
    IN_PROGRESS = "in_progress", "In progress"
    CHECKING = "checking", "Checking"
    DONE = "done", "Done"
    CAME_BACK = "came_back", "Came back"
    DID_NOT_HAPPEN = "did_not_happen", "Did not happen"


class Direction(TextChoices):
    IN = "in", "In"
    OUT = "out", "Out"


class MovementKind(TextChoices):
    CASH_IN = "cash_in", "Cash added"
    BANK_IN = "bank_in", "Added by bank"
    DEPOSIT = "deposit", "Received from outside"
    RECEIVED = "received", "Received"
    SEND = "send", "Sent"
    WITHDRAWAL = "withdrawal", "Withdrawn"
    RETURNED = "returned", "Came back"
