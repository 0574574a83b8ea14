"""The wallet's own rows, read with the wallet's own code in a process beside the test.

`python -m tests.faults.books` answers each line of JSON `{"ask": name, ...}` with one line. It lives as long as the
ground it belongs to, because starting Django for every look would cost more than the look. The functions below are all
it can be asked for; people are made by the journeys everybody takes.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

from walletapp.demo.plan import CHECKOUT, PYTHON


class Books:
    """That process, as the test has it. Safe to share between threads."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._lock = threading.Lock()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "tests.faults.books"], cwd=CHECKOUT, env=dict(environment), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out,
            )  # fmt: skip

    def ask(self, name: str, **more: object) -> Any:
        """The answer of one of the functions below. Raises RuntimeError with the error it met."""
        with self._lock:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(json.dumps({"ask": name, **more}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or '{"error": "the books are closed"}')
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer["is"]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def make_people(names: list[str], amount: str, control: str) -> list[dict[str, str]]:
    """Verified customers who hold this much."""
    from walletapp.demo import logins, seed

    people = [
        logins.Login(f"{name}@example.com", "Maria", "Quintero", "", is_verified=True, starts_with=amount)
        for name in names
    ]
    for person in people:
        seed.make_user(person, logins.PASSWORD)
    seed.verify(people, control)
    wallets = [wallet for person in people if (wallet := seed.wallet_of(person)) is not None]
    banks = [_with_bank(wallet.user, ending) for wallet, ending in zip(wallets, cycle(ENDINGS), strict=False)]
    return [
        {"email": it.user.email, "wallet": str(it.oms_id), "address": it.address, **bank()}
        for it, bank in zip(wallets, banks, strict=True)
    ]


# How the bank account of every n-th person ends, which decides what its bank does: two take what they get, one sends
# it back, one does not take it.
ENDINGS = ("6789", "6789", "0003", "0009")


def _with_bank(user: Any, ending: str) -> Callable[[], dict[str, str]]:
    """Early access, an account number to be paid by and a bank account to withdraw to; called, it waits for both."""
    from walletapp import features
    from walletapp.accounts.models import Flag
    from walletapp.banking import accounts, opening
    from walletapp.banking.models import ExternalAccount, VirtualAccount
    from walletapp.demo import seed

    for flag in Flag.objects.filter(name__in=features.FLAGS):
        flag.users.add(user)
    ours = accounts.add(
        user, owner_name=user.customer.name, bank_name="Wells Fargo Bank", routing_number="121042882",
        account_number=f"55550000{ending}", account_type="checking",
    )  # fmt: skip
    number = opening.ask_for_account(user)

    def await_both() -> dict[str, str]:
        seed.wait_for("the bank account", lambda: ExternalAccount.objects.get(pk=ours.pk).is_payable)
        seed.wait_for("the account number", lambda: bool(VirtualAccount.objects.get(pk=number.pk).oms_id))
        return {"account": str(ours.pk), "number": str(VirtualAccount.objects.get(pk=number.pk).oms_id)}

    return await_both


def wallets() -> list[dict[str, Any]]:
    """Every wallet with what it holds and what its open transfers hold."""
    from django.db.models import Q, Sum
    from django.db.models.functions import Coalesce

    from walletapp.transfers.states import OPEN, OUTGOING
    from walletapp.wallet.models import Wallet

    held = Q(transfers__kind__in=OUTGOING, transfers__state__in=OPEN)
    rows = Wallet.objects.annotate(set_aside=Coalesce(Sum("transfers__amount_minor", filter=held), 0))
    fields = ("oms_id", "user__email", "available_minor", "held_minor", "set_aside", "frozen_reason")
    return list(rows.values(*fields))


def transfers(since: str = "") -> list[dict[str, Any]]:
    """Every confirmed transfer, or those confirmed since a time."""
    from walletapp.transfers.models import Transfer
    from walletapp.transfers.states import State

    rows = Transfer.objects.exclude(state=State.QUOTED)
    rows = rows.filter(confirmed_at__gte=since) if since else rows
    fields = (
        "id",
        "kind",
        "state",
        "amount_minor",
        "oms_id",
        "arrival_ref",
        "attention",
        "confirmed_at",
        "finished_at",
    )
    return list(rows.values(*fields, "user__email", "wallet__oms_id", "quote__oms_id"))


def open_transfers() -> dict[str, int]:
    """How many are in each state that is not final."""
    from django.db.models import Count

    from walletapp.transfers.models import Transfer
    from walletapp.transfers.states import OPEN

    rows = Transfer.objects.filter(state__in=OPEN).values_list("state").annotate(n=Count("pk")).order_by()
    return dict(rows)


def arrivals() -> list[str]:
    """OMS's ids of what came by bank and has ended here."""
    from walletapp.transfers.models import Transfer
    from walletapp.transfers.states import FINAL, Kind

    ended = Transfer.objects.filter(kind__in=[Kind.BANK_IN, Kind.RETURNED], state__in=FINAL)
    return [str(it.oms_id) for it in ended.only("oms_id")]


def events(mark: str = "") -> dict[str, int]:
    """How many deliveries are in each state; of those only whose id begins with `mark`."""
    from django.db.models import Count

    from walletapp.oms.models import InboundEvent

    rows = InboundEvent.objects.filter(event_id__startswith=mark)
    return dict(rows.values_list("state").annotate(n=Count("pk")).order_by())


def event_ids(mark: str) -> list[str]:
    """The ids of the deliveries that were kept."""
    from walletapp.oms.models import InboundEvent

    return list(InboundEvent.objects.filter(event_id__startswith=mark).values_list("event_id", flat=True))


def standstills() -> list[tuple[str, bool]]:
    """Why nothing was sent for a time, and whether that is over."""
    from walletapp.transfers.standstill import Standstill

    return [(it.why, it.ended_at is not None) for it in Standstill.objects.all()]


def breaks() -> list[str]:
    """Differences that are open, in words."""
    from walletapp.wallet.models import Break

    return [f"{it} {it.detail}" for it in Break.objects.filter(closed_at__isnull=True)]


def proof() -> dict[str, list[str]]:
    """What the ledger's and the audit chain's own checks find wrong."""
    from walletapp.audit.trail import verify_chain
    from walletapp.wallet.verifying import verify

    found = {check.name: list(check.wrong) for check in verify()}
    return found | {"the audit chain is unbroken": [problem] if (problem := verify_chain()) else []}


ASKED: dict[str, Callable[..., Any]] = {
    it.__name__: it
    for it in (make_people, wallets, transfers, open_transfers, arrivals, events, event_ids, standstills, breaks, proof)
}


def main() -> None:
    """Answer until standard input ends."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "walletapp.settings")
    django.setup()
    from django.core.serializers.json import DjangoJSONEncoder
    from django.db import connection

    import walletapp.celery  # noqa: F401 - tasks are rung at our own broker

    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"is": ASKED[asked.pop("ask")](**asked)}
        except Exception as error:  # noqa: BLE001 - the test has to hear of whatever it was
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, cls=DjangoJSONEncoder), flush=True)
        connection.close()


if __name__ == "__main__":
    main()
