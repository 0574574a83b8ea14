"""The steps of identity: what each asks, why, and which of OMS's items it answers."""

import re
from dataclasses import dataclass

from walletapp.accounts.forms import AddressForm, BirthForm, DocumentForm, NameForm, PhoneForm, StepForm


@dataclass(frozen=True)
class Step:
    """`items` are OMS's names for what the step answers; `again` is said when OMS wants it once more."""

    slug: str
    title: str
    why: str
    again: str
    form: type[StepForm]
    items: frozenset[str]


STEPS = (
    Step(
        "name",
        "Your legal name",
        "It must match your ID, because the wallet is opened in this name.",
        "Type it exactly as it is printed on your ID, without nicknames.",
        NameForm,
        frozenset({"firstName", "middleName", "lastName", "name"}),
    ),
    Step(
        "birth",
        "Your date of birth",
        "By law only adults may hold money here. The date also tells people of the same name apart.",
        "Check the day, the month and the year against your ID.",
        BirthForm,
        frozenset({"birthDate", "dateOfBirth"}),
    ),
    Step(
        "phone",
        "Your mobile number",
        "It helps to prove that you are you. We never call you, and never ask for a code in a call or a message.",
        "Give a number that is in your own name, with its area code.",
        PhoneForm,
        frozenset({"phone", "phoneNumber"}),
    ),
    Step(
        "address",
        "Where you live",
        "The law asks for the address of everyone who holds money with us. Nothing is sent there.",
        "Give the address where you live now, with the apartment number. A PO box cannot be used.",
        AddressForm,
        frozenset({"residentialAddress", "address", "proofOfAddress"}),
    ),
    Step(
        "document",
        "Your nationality and an ID number",
        "It is how your identity is checked. Once Open Money Stack has the number, it is erased here; "
        "its kind and last four characters stay.",
        "Type the number once more from the document itself, or use another document.",
        DocumentForm,
        frozenset(
            {"identifyingInformation", "nationality", "ssn", "itin", "passport", "driversLicense", "identityDocument"}
        ),
    ),
)
BY_SLUG = {step.slug: step for step in STEPS}

# Answered on the review page, by ticking the agreement.
AGREEMENT_ITEMS = frozenset({"signedagreement", "terms"})


def _plain(item: str) -> str:
    """`residentialAddress.zipCode` and `residential_address` are the same item."""
    return re.sub(r"[^a-z]", "", item.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0].lower())


# Words of plain sentences that are also names of items.
_ENGLISH = frozenset({"name", "address"})
_STEP_OF = {_plain(item): step for step in STEPS for item in step.items}


def step_for(item: str) -> Step | None:
    """The step that answers OMS's item, or None when we have none for it."""
    return _STEP_OF.get(_plain(item))


def is_agreement(item: str) -> bool:
    return _plain(item) in AGREEMENT_ITEMS


def step_named_in(text: str) -> Step | None:
    """The step whose item a message of OMS names, to bring the person to the right page. The message stays with us."""
    words = re.findall(r"[A-Za-z_]+(?:\.[A-Za-z_]+)*", text)
    return next((step for word in words if word not in _ENGLISH and (step := step_for(word))), None)
