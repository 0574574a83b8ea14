"""What a person holds, as one picture of one moment: the dashboard, whole or as the part that updates itself.

What must stay true: available comes from the ledger and is unknown, never zero, until OMS has confirmed the wallet's
balance once; money on the way and money on hold are never part of it.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from walletapp import features
from walletapp.accounts import factors, pausing
from walletapp.accounts.models import Customer, Onboarding
from walletapp.accounts.standing import standing_of
from walletapp.money import Money
from walletapp.wallet import balance
from walletapp.wallet.models import Movement, Wallet
from walletapp.wallet.rows import Row, row_of, rows_of
from walletapp.wallet.starting import Step, steps_for
from walletapp.wallet.states import Word

PREVIEW = 5  # finished movements on the dashboard; all pending ones are shown


def wallet_to_use(user: Any) -> Wallet | None:
    """The person's wallet once it was opened, also when it is stopped; None before."""
    return Wallet.objects.custodial().for_user(user).exclude(state=Wallet.State.OPENING).first()


@dataclass(frozen=True)
class Overview:
    """Everything the dashboard shows. `wallet` is None until there is one to use; then `steps` say the way to it."""

    user: Any
    wallet: Wallet | None
    steps: list[Step]
    pending: list[Movement]
    recent: list[Movement]

    @property
    def available(self) -> Money | None:
        if self.wallet is None or self.wallet.remote_seen_at is None:
            return None
        return self.wallet.available

    @property
    def on_the_way(self) -> Money | None:
        """What is expected to arrive. A cash code nobody has paid yet is a plan and not on its way."""
        if self.wallet is None:
            return None
        coming = [m for m in self.pending if m.is_incoming and m.word != Word.WAITING_FOR_YOU]
        return Money(sum(m.amount_minor for m in coming), self.wallet.currency)

    @cached_property
    def is_away(self) -> bool:
        """OMS did not answer when the balance was last asked for."""
        return self.wallet is not None and balance.is_away(self.wallet)

    @cached_property
    def may_move_money(self) -> bool:
        customer = Customer.of(self.user)
        return customer is not None and customer.may_hold_money

    @cached_property
    def needs_factor(self) -> bool:
        """Whether money waits until the person has a second factor."""
        return factors.is_missing(self.user)

    @cached_property
    def held_because(self) -> str:
        """Why nothing leaves now, when something happened to the account; empty while everything may."""
        held = pausing.hold_of(self.user)
        return pausing.in_words(held) if held else ""

    @cached_property
    def is_refused(self) -> bool:
        """OMS has decided against this person."""
        if self.may_move_money:
            return False
        onboarding = Onboarding.objects.filter(user=self.user).first()
        return standing_of(onboarding, Customer.of(self.user)).is_refusal

    @property
    def can_receive(self) -> bool:
        """Whether to give the address out: OMS lets the person hold money and the wallet is open."""
        return self.wallet is not None and self.wallet.is_open and self.may_move_money

    @property
    def pending_rows(self) -> list[Row]:
        return rows_of(self.user, self.pending)

    @property
    def recent_rows(self) -> list[Row]:
        return rows_of(self.user, self.recent)

    @cached_property
    def news(self) -> str:
        """One sentence for people who hear the page, when it changes."""
        if self.wallet is None:
            return next((f"{step.title}: {step.text}" for step in self.steps if not step.is_done), "")
        last = [*self.pending, *self.recent][:1]
        return "".join(f"{row.title} {row.money.text().lstrip('-')} dollars: {row.word}." for row in map(row_of, last))

    @cached_property
    def version(self) -> str:
        """Changes whenever the page would. The part that updates itself asks with it."""
        shown: list[Any] = [self.steps, self.is_away, self.may_move_money, self.is_refused, self.needs_factor]
        shown += [self.held_because]
        shown += [(standing.rail.key, standing.is_open) for standing in features.standings(self.user).values()]
        if self.wallet:
            wallet = self.wallet
            shown += [
                wallet.state,
                wallet.frozen_reason,
                wallet.available_minor,
                wallet.held_minor,
                wallet.remote_seen_at,
            ]
        shown += [(m.pk, m.word, m.amount_minor) for m in (*self.pending, *self.recent)]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def overview(user: Any) -> Overview:
    """The picture now. Has the balance read again when it is old; does not wait for that."""
    wallet = wallet_to_use(user)
    if wallet is None:
        opening = Wallet.objects.custodial().for_user(user).first()
        return Overview(user, None, steps_for(user, opening), [], [])
    balance.refresh_soon(wallet)
    movements = Movement.objects.filter(wallet=wallet).select_related("wallet")
    return Overview(user, wallet, [], list(movements.pending()), list(movements.finished()[:PREVIEW]))
