"""Where a person stands, what they can do now, and what OMS wants from them: read from the endorsements alone.

A KYC verdict opens nothing by itself. What must stay true: nothing here is stored, so it cannot disagree with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from walletapp.accounts.models import Customer, Endorsement, Onboarding
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.steps import STEPS, Step, is_agreement, step_for
from walletapp.features import BANK_FUNDING, is_on

REQUIRED = ("basic", "cryptoCustody")  # without these there is no wallet
_WANTING = frozenset({Endorsement.Status.ISSUES, Endorsement.Status.REVOKED_ISSUES})


class Standing(Enum):
    """(machine name, the word people read)."""

    NEW = ("new", "Waiting for you")
    ANSWERING = ("answering", "Waiting for you")
    SENDING = ("sending", "Checking")
    REVIEW = ("review", "In progress")
    MORE_NEEDED = ("more_needed", "Waiting for you")
    VERIFIED = ("verified", "Done")
    REFUSED = ("refused", "Did not happen")
    CLOSED = ("closed", "Did not happen")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def word(self) -> str:
        return self.value[1]

    @property
    def announcement(self) -> str:
        """Read aloud when the page changes by itself."""
        return _ANNOUNCED.get(self, "")

    @property
    def is_waiting(self) -> bool:
        """Whether the next move is not the person's, so that the page should keep looking."""
        return self in {Standing.SENDING, Standing.REVIEW}

    @property
    def is_refusal(self) -> bool:
        """Whether OMS has decided against the person: nothing opens by waiting or by answering again."""
        return self in {Standing.REFUSED, Standing.CLOSED}


_ANNOUNCED = {
    Standing.SENDING: "Your answers are on their way.",
    Standing.REVIEW: "Your answers have arrived and are in review.",
    Standing.MORE_NEEDED: "One more thing is needed from you.",
    Standing.VERIFIED: "You are verified.",
    Standing.REFUSED: "We could not verify you.",
    Standing.CLOSED: "Your wallet is closed.",
}


class Remedy(Enum):
    """Who can do something about an item that OMS is not content with."""

    FIX = "fix"
    WAIT = "wait"
    FINAL = "final"


@dataclass(frozen=True)
class Ask:
    """One thing OMS is not content with, in the person's words."""

    remedy: Remedy
    title: str
    text: str
    step: Step | None = None

    @property
    def is_fix(self) -> bool:
        return self.remedy is Remedy.FIX

    @property
    def is_wait(self) -> bool:
        return self.remedy is Remedy.WAIT


@dataclass(frozen=True)
class Ability:
    """Something the wallet does, and whether this person may."""

    label: str
    endorsements: tuple[str, ...]
    flag: str = ""
    status: str = ""
    is_offered: bool = True

    @property
    def is_granted(self) -> bool:
        return self.is_offered and self.status == Endorsement.Status.ACTIVE

    @property
    def sentence(self) -> str:
        if not self.is_offered:
            return "Not offered yet"
        return _SENTENCES.get(self.status, "In review")


_SENTENCES: dict[str, str] = {
    Endorsement.Status.ACTIVE: "Approved for you",
    Endorsement.Status.INACTIVE: "Not open to you",
    Endorsement.Status.PENDING: "In review",
    Endorsement.Status.ISSUES: "Something is missing",
    Endorsement.Status.REVOKED_ISSUES: "Something is missing",
    Endorsement.Status.REJECTED: "Not open to you",
    Endorsement.Status.OFFBOARDED: "Not open to you",
}

ABILITIES = (
    Ability("Hold dollars as USDC in a wallet of your own", REQUIRED),
    Ability("Put cash in at a store", REQUIRED),
    Ability("Send to people and to any Polygon address, and receive", REQUIRED),
    Ability("Bank transfers (early access)", ("basic", "usd"), BANK_FUNDING),
)


def standing_of(onboarding: Onboarding | None, customer: Customer | None) -> Standing:
    """The one word for where this person stands."""
    if customer is None:
        return _before_customer(onboarding)
    if decided := _decided(customer):
        return decided
    if onboarding and onboarding.state == OnboardingState.SUBMITTING:
        return Standing.SENDING
    if any(entry.status in _WANTING for entry in _required(customer)):
        return Standing.MORE_NEEDED
    return Standing.REVIEW


def wanted_steps(customer: Customer) -> tuple[Step, ...]:
    """The steps whose items OMS wants once more, in our order."""
    wanted = {step.slug for item in _wanted_items(customer) if (step := step_for(item))}
    return tuple(step for step in STEPS if step.slug in wanted)


def wants_agreement(customer: Customer) -> bool:
    return any(is_agreement(item) for item in _wanted_items(customer))


def asks(customer: Customer) -> list[Ask]:
    """What OMS is not content with: what to fix first, then what only others can do something about."""
    found = [Ask(Remedy.FIX, step.title, step.again, step) for step in wanted_steps(customer)]
    if wants_agreement(customer):
        found.append(Ask(Remedy.FIX, "The agreement", "Read it and tick that you agree."))
    if not found and any(entry.status in _WANTING for entry in customer.endorsements.all()):
        text = "We were not told which item. Write to us and a person finds out; there is nothing to type again."
        found.append(Ask(Remedy.WAIT, "Something that only we can clear up", text))
    for item in sorted({item for item in _wanted_items(customer) if not step_for(item) and not is_agreement(item)}):
        text = "This is not something you can type here. A person looks at it; write to us if you hear nothing."
        found.append(Ask(Remedy.WAIT, item, text))
    if any(entry.status == Endorsement.Status.REJECTED for entry in customer.endorsements.all()):
        found.append(Ask(Remedy.FINAL, "The decision", "It cannot be changed by sending anything again."))
    return found


def reasons(customer: Customer) -> list[str]:
    """What OMS says to the person, each sentence once."""
    said = (reason for entry in customer.endorsements.all() for reason in entry.reasons)
    return list(dict.fromkeys(said))


def abilities(customer: Customer | None) -> list[Ability]:
    """What the wallet does, and how far OMS allows it to this person."""

    def is_offered(one: Ability) -> bool:
        return not one.flag or (customer is not None and is_on(one.flag, customer.user))

    return [replace(one, status=_status(customer, one.endorsements), is_offered=is_offered(one)) for one in ABILITIES]


def _decided(customer: Customer) -> Standing | None:
    if not customer.is_active or _any(customer, Endorsement.Status.OFFBOARDED):
        return Standing.CLOSED
    if customer.may_hold_money:
        return Standing.VERIFIED
    return Standing.REFUSED if _any(customer, Endorsement.Status.REJECTED) else None


def _before_customer(onboarding: Onboarding | None) -> Standing:
    if onboarding is None:
        return Standing.NEW
    if onboarding.state == OnboardingState.SUBMITTING:
        return Standing.SENDING
    return Standing.ANSWERING


def _required(customer: Customer) -> list[Endorsement]:
    return [entry for entry in customer.endorsements.all() if entry.name in REQUIRED]


def _any(customer: Customer, status: str) -> bool:
    return any(entry.status == status for entry in _required(customer))


def _wanted_items(customer: Customer) -> Iterator[str]:
    for entry in customer.endorsements.all():
        if entry.status in _WANTING:
            yield from entry.missing


def _status(customer: Customer | None, names: tuple[str, ...]) -> str:
    """ACTIVE when all are, else the first that is not."""
    if customer is None:
        return Endorsement.Status.INACTIVE
    if not customer.is_active:
        return Endorsement.Status.OFFBOARDED
    found = {entry.name: entry.status for entry in customer.endorsements.all()}
    statuses = [found.get(name, Endorsement.Status.INACTIVE) for name in names]
    return next((status for status in statuses if status != Endorsement.Status.ACTIVE), Endorsement.Status.ACTIVE)
