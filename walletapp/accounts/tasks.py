"""What the worker does for identity. The rows are the queue; see work.py."""

from celery import shared_task

from walletapp.accounts import reviewing, submitting
from walletapp.accounts.models import Onboarding
from walletapp.accounts.states import OnboardingState
from walletapp.later import ring

BATCH = 100


@shared_task
def submit_onboarding(onboarding_id: str) -> None:
    """Send a frozen request again whose outcome is not known."""
    submitting.send(onboarding_id)


@shared_task
def review_onboarding(onboarding_id: str) -> None:
    """Ask OMS what it now says of this person."""
    reviewing.review(onboarding_id)


@shared_task
def sweep_onboarding() -> None:
    """Ring for every onboarding that is due, whoever forgot it."""
    for pk, state in Onboarding.due().values_list("pk", "state")[:BATCH]:
        ring(submit_onboarding if state == OnboardingState.SUBMITTING else review_onboarding, pk)
