"""What staff do where OMS opens bank accounts by hand: give it the numbers, and paste the ids it gives back.

What must stay true: everything is on record with who did it; an account is opened or registered once, by hand as by a
call; a customer's number can be opened only while nobody else has it yet.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from walletapp.banking import accounts, opening
from walletapp.banking.models import ExternalAccount, VirtualAccount
from walletapp.oms.schemas import BankDetails, WalletTarget
from walletapp.oms.schemas import ExternalAccount as OmsExternalAccount
from walletapp.oms.schemas import VirtualAccount as OmsVirtualAccount


def paste_virtual_account(actor: Any, account: VirtualAccount, *, oms_id: str, bank: BankDetails) -> bool:
    """Open the account with what OMS gave staff. True for the call that opened it."""
    VirtualAccount.objects.filter(pk=account.pk, oms_id=None).update(is_by_hand=True)
    theirs = OmsVirtualAccount(
        id=oms_id,
        customer_id="",
        status="active",
        bank=bank,
        target=WalletTarget(wallet_id=str(account.wallet.oms_id)),
        our_id=str(account.pk),
        created_at=None,
    )
    return opening.opened(account.pk, theirs, timezone.now(), actor)


def paste_external_account(actor: Any, account: ExternalAccount, *, oms_id: str) -> bool:
    """The account is registered at OMS under this id and can be used. True for the call that said so."""
    ExternalAccount.objects.filter(pk=account.pk, oms_id=None).update(is_by_hand=True)
    theirs = OmsExternalAccount(
        id=oms_id,
        customer_id="",
        type="usBank",
        status="verified",
        network="",
        bank=BankDetails("", "", "", "", "", ""),
        decline_reason="",
        our_id=str(account.pk),
        created_at=None,
    )
    return accounts.registered(account.pk, theirs, timezone.now(), actor)


def refuse_external_account(actor: Any, account_id: UUID, why: str) -> bool:
    """The bank does not accept it; `why` is what its owner reads. True for the call that said so."""
    return accounts.refuse(account_id, why, actor)
