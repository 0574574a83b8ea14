"""The journey through identity, from the first answer to the frozen request.

What must stay true: answers are sealed in the database and nowhere else; what is sent is committed before it is sent,
and never changes after; an answer is taken only while OMS wants it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp.accounts import submitting
from walletapp.accounts.identity_numbers import masked
from walletapp.accounts.models import Customer, Onboarding, User
from walletapp.accounts.standing import wanted_steps, wants_agreement
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.steps import BY_SLUG, STEPS, Step
from walletapp.audit.trail import record
from walletapp.durable import durable
from walletapp.oms import bodies
from walletapp.refusals import Refusal
from walletapp.sealed import Clear
from walletapp.transitions import advance

Answers = dict[str, dict[str, str]]


class NotServedThere(Refusal):
    code = "region"


class AlreadySent(Refusal):
    code = "already_sent"


class NotAsked(Refusal):
    code = "not_asked"


class Incomplete(Refusal):
    code = "incomplete"


class NotAgreed(Refusal):
    code = "not_agreed"


@dataclass(frozen=True)
class Progress:
    """Which steps this person has to take now, and how far they are."""

    steps: tuple[Step, ...]
    answers: Answers
    is_correction: bool
    """OMS has the rest already and wants these steps once more."""
    wants_agreement: bool
    document_hint: str
    is_sent: bool
    """On its way to OMS: nothing can be changed now."""

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.slug not in self.answers), None)

    @property
    def is_begun(self) -> bool:
        return bool(self.answers)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to answer, to agree to or to send."""
        return not self.is_sent and bool(self.steps or self.wants_agreement)

    @property
    def titles(self) -> list[str]:
        return [*(step.title for step in self.steps), "Check and send"]

    @property
    def number(self) -> int:
        """The number of the next step, the last look included."""
        return self.steps.index(self.next) + 1 if self.next else len(self.steps) + 1


def progress(user: User) -> Progress:
    """Where this person stands. Opens the sealed answers."""
    row = Onboarding.objects.filter(user=user).first()
    customer = Customer.of(user)
    return Progress(
        steps=wanted_steps(customer) if customer else STEPS,
        answers=(row.answers or {}) if row else {},
        is_correction=customer is not None,
        wants_agreement=customer is None or wants_agreement(customer),
        document_hint=(row.document_hint or "") if row else "",
        is_sent=row is not None and row.state == OnboardingState.SUBMITTING,
    )


@durable
def save_step(user: User, slug: str, answer: dict[str, str]) -> Onboarding:
    """Keep one step's answer, in any order, as often as the person likes.

    Raises NotServedThere, AlreadySent or NotAsked, and then nothing has changed.
    """
    if slug == "address":
        require_served(answer["country"])
    Onboarding.objects.get_or_create(user=user)
    row = Onboarding.objects.select_for_update().get(user=user)
    customer = Customer.of(user)
    require_asked(row, customer, slug)
    if row.state == OnboardingState.SUBMITTED:
        advance(row, to=OnboardingState.ANSWERING, frm=[OnboardingState.SUBMITTED])
    row.answers = {**(row.answers or {}), slug: answer}
    if slug == "document":
        row.document_hint = masked(answer["kind"], answer["number"])
    row.problem = ""
    row.save(update_fields=["answers", "document_hint", "problem", "updated_at"])
    return row


def submit(user: User, *, agreed: bool, ip_address: str) -> Onboarding:
    """Send what was answered, and find out in this very request if OMS is quick.

    Safe to repeat: a second press finds the first one's request. Raises Incomplete, NotAgreed or NotAsked, and then
    nothing has changed. Whatever OMS says or does not say, the row tells.
    """
    row = freeze(user, agreed=agreed, ip_address=ip_address)
    submitting.send(row.pk)
    row.refresh_from_db()
    return row


@durable
def freeze(user: User, *, agreed: bool, ip_address: str) -> Onboarding:
    """Turn the answers into one unchangeable request, due now."""
    row = Onboarding.objects.select_for_update(of=("self",)).select_related("user").filter(user=user).first()
    customer = Customer.of(user)
    if row is None:
        raise Incomplete("Start with your name.", field=STEPS[0].slug)
    if row.state != OnboardingState.ANSWERING:
        return row
    answers: Answers = row.answers or {}
    steps = wanted_steps(customer) if customer else STEPS
    require_complete(steps, answers)
    if (customer is None or wants_agreement(customer)) and not agreed:
        raise NotAgreed("Tick that you agree, or it cannot be sent.", field="agreed")
    if customer and not steps and not wants_agreement(customer):
        raise NotAsked("Nothing more is needed from you now.")

    body = _creation(row, answers, ip_address) if customer is None else _correction(steps, answers, agreed=agreed)
    generation = row.generation + 1
    row.request_body = Clear(body)
    row.save(update_fields=["request_body"])
    advance(
        row,
        to=OnboardingState.SUBMITTING,
        frm=[OnboardingState.ANSWERING],
        operation=Onboarding.Operation.UPDATE if customer else Onboarding.Operation.CREATE,
        generation=generation,
        idempotency_key=f"{settings.ENVIRONMENT_NAME}-customer-{row.pk}-{generation}",
        request_sha256=hashlib.sha256(body).hexdigest(),
        agreed_at=timezone.now() if agreed else row.agreed_at,
        first_sent_at=None,
        is_unknown=False,
        problem="",
        attempts=0,
        due_at=timezone.now(),
    )
    record(user, "onboarding.submitted", row, operation=row.operation, generation=generation)
    return row


def require_served(country: str) -> None:
    if country != "US":
        raise NotServedThere(
            f"{settings.PRODUCT_NAME} can only be opened by people who live in the United States for now. "
            "Nothing you typed has been passed on to anybody.",
            field="country",
        )


def require_asked(row: Onboarding, customer: Customer | None, slug: str) -> None:
    if slug not in BY_SLUG:
        raise NotAsked("There is no such step.")
    if row.state == OnboardingState.SUBMITTING:
        raise AlreadySent("Your answers are on their way and cannot be changed now. This page shows what comes of it.")
    if customer and BY_SLUG[slug] not in wanted_steps(customer):
        raise NotAsked("This has been checked already and is not needed again.")


def require_complete(steps: tuple[Step, ...], answers: Answers) -> None:
    for step in steps:
        if step.slug not in answers:
            raise Incomplete(f"Still missing: {step.title.lower()}.", field=step.slug)


def _creation(row: Onboarding, answers: Answers, ip_address: str) -> bytes:
    return bodies.customer_body(
        external_id=str(row.pk),
        email=row.user.email,
        ip_address=ip_address,
        signed_agreement=True,
        **_person(answers),
    )


def _correction(steps: tuple[Step, ...], answers: Answers, *, agreed: bool) -> bytes:
    """Only what OMS wants again."""
    wanted = {step.slug: answers[step.slug] for step in steps}
    return bodies.customer_update_body(signed_agreement=agreed, **_person(wanted))


def _person(answers: Answers) -> dict[str, Any]:
    """The answers in the words of `bodies`."""
    person: dict[str, Any] = {**answers.get("name", {}), **answers.get("phone", {})}
    if birth := answers.get("birth"):
        person["birth_date"] = date.fromisoformat(birth["birth_date"])
    if address := answers.get("address"):
        person["residential_address"] = bodies.address(**address)
    if document := answers.get("document"):
        person["nationality"] = document["nationality"]
        person["documents"] = [
            bodies.identity_document(
                kind=document["kind"], number=document["number"], issuing_country=document["issuing_country"]
            )
        ]
    return person
