"""What an onboarding may be, what may become of it, and the customer's word for it.

answering -> submitting -> submitted. From submitting back to answering when OMS refuses the request itself; from
submitted back to answering when OMS wants an item again. Whether the person may hold money is not said here but by
the endorsements.
"""

from django.db import models


class OnboardingState(models.TextChoices):
    """Where the answers are."""

    ANSWERING = "answering", "Waiting for you"
    SUBMITTING = "submitting", "Checking"
    SUBMITTED = "submitted", "In progress"


MOVES: dict[OnboardingState, frozenset[OnboardingState]] = {
    OnboardingState.ANSWERING: frozenset({OnboardingState.SUBMITTING, OnboardingState.SUBMITTED}),
    OnboardingState.SUBMITTING: frozenset({OnboardingState.SUBMITTED, OnboardingState.ANSWERING}),
    OnboardingState.SUBMITTED: frozenset({OnboardingState.ANSWERING}),
}
