"""What the pages of a withdrawal show: the rails to choose from, the facts of a review, what came back."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from walletapp.transfers import again, pauses, withdrawing
from walletapp.transfers.bank_rails import RAILS
from walletapp.transfers.bank_wording import DAY
from walletapp.transfers.models import Transfer
from walletapp.transfers.quotes import Quote
from walletapp.transfers.states import Kind, State
from walletapp.transfers.windows import in_words
from walletapp.wallet.models import Wallet


def before_withdrawing(user: Any) -> dict[str, Any]:
    """What a person should know before typing an amount."""
    now = timezone.now()
    wallet = Wallet.objects.custodial().filter(user=user).first()
    accounts = withdrawing.payable_accounts(user)
    return {
        "wallet": wallet,
        "accounts": accounts,
        "choices": withdrawing.choices(user, wallet, accounts, now) if wallet else [],
        **pauses.shown(user, wallet),
    }


def facts(draft: Transfer, quote: Quote) -> list[dict[str, Any]]:
    """The lines of the review page above its figures."""
    account, rail = draft.external_account, RAILS[draft.rail]
    assert account  # a constraint of the database
    now = timezone.now()
    day = date_format(rail.arrives_on(now), DAY)
    return [
        {"label": "To", "value": account.label},
        {"label": "Account", "value": account.about},
        {"label": "In the name of", "value": account.owner_name},
        {"label": "By", "value": f"{capfirst(rail.name)}, {rail.pace}"},
        {"label": "Should be there", "value": f"{day}, if you confirm before {rail.confirm_by(now)}"},
        {"label": "Rate", "value": f"1 USDC = {quote.rate.rstrip('0').rstrip('.') or '0'} USD"},
    ]


def button(draft: Transfer, quote: Quote) -> str:
    """The act, in the button itself."""
    return f"Withdraw {in_words(quote.they_get)} by {RAILS[draft.rail].name}"


def page_facts(found: Transfer) -> dict[str, Any]:
    """The context of templates/transfers/bank/_details.html, under the one name `bank`."""
    returned = Transfer.objects.filter(reverses=found).first()
    is_open = any(withdrawing.is_rail_open(rail, found.user) for rail in RAILS.values())
    is_back = found.kind == Kind.RETURNED and found.state == State.COMPLETED
    is_wrong = bool(found.external_account and withdrawing.last_bounce(found.external_account))
    return {
        "bank": {
            "rail": capfirst(RAILS[found.rail].name),
            "expected_on": found.expected_on if found.is_open else None,
            "returned": returned,
            "first": found.reverses,
            "fix_url": reverse("banking:accounts") if is_back and is_wrong else "",
            "again_url": again.url_of(found) if is_back and is_open else "",
        }
    }
