"""The six invariants, checked against the sandbox's own journal and the wallet's rows when everything is at rest.

I1 at most one execution per transfer; I2 each execution has a transfer of the same amount here, what came by bank has
one as well, and what is said of either is what became of it; I3 what a wallet holds here is what OMS holds for it; I4
held is what open transfers hold; I5 the ledger sums to zero and is what the rows say; I6 nothing stays open. Figures
go under the row that was measured, the ledger's own under row 9.
"""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from tests.faults.figures import Figures
from tests.faults.ground import Ground

MICRO = 1_000_000
MOVED, NOT_MOVED = {"completed"}, {"failed", "expired", "canceled"}


def check(ground: Ground, figures: Figures, *, kept_alarms: int = 0) -> None:
    """Record every invariant. `kept_alarms`: open differences that were there before."""
    journal, all_transfers = outgoing(ground), ground.books.ask("transfers")
    transfers = {it["id"]: it for it in all_transfers if it["kind"] in {"send", "withdrawal"}}
    at_oms = dict(ground.sandbox("SELECT id, status FROM transactions"))
    figures.zero("I1 executed twice", executed_twice(journal))
    figures.zero("I2 executed without a transfer, or of another amount", orphans(journal, transfers))
    figures.zero("I2 said to be what it is not", misreported(journal, transfers, at_oms))
    here = {it["oms_id"]: it["state"] for it in all_transfers if it["kind"] in {"bank_in", "returned"}}
    there = {key: at_oms[key] for key in ground.arrivals_at_oms()}
    figures.zero("I2 came by bank, and is not here or not so", here.items() ^ there.items())
    withdrawals = sum(1 for it in journal if it["kind"] == "payout")
    figures.hold("of it withdrawals, and arrivals by bank", f"{withdrawals}, {len(there)}", "-", holds=True)
    wallets = ground.books.ask("wallets")
    figures.zero("I3 held here is not held there", different(wallets, ground))
    figures.zero(
        "I4 held is not what open transfers hold", [it for it in wallets if it["held_minor"] != it["set_aside"]]
    )
    figures.zero("I6 still open", ground.books.ask("open_transfers").items())
    figures.zero("stopped wallets and open differences", ground.books.ask("breaks")[kept_alarms:])
    check_ledger(ground, figures)


def check_ledger(ground: Ground, figures: Figures) -> None:
    """Row 9, and I5."""
    proof = ground.books.ask("proof")
    audit = proof.pop("the audit chain is unbroken")
    figures.zero(
        "I5 ledger: not zero, or not what the rows say", [it for wrong in proof.values() for it in wrong], row=9
    )
    figures.zero("audit chain: broken", audit, row=9)


def outgoing(ground: Ground) -> list[dict[str, Any]]:
    """The sends and payouts that OMS carried out."""
    return [it for it in ground.control.journal() if it["kind"] in {"send", "payout"}]


def executed_twice(journal: list[dict[str, Any]]) -> list[str]:
    names = [[it["metadata"].get("transferId"), it["quoteId"], it["partnerTransactionId"]] for it in journal]
    counts = [Counter(name[part] for name in names) for part in range(3)]
    return [f"{name} x {n}" for count in counts for name, n in count.items() if n > 1]


def orphans(journal: list[dict[str, Any]], transfers: dict[str, dict[str, Any]]) -> list[str]:
    found = []
    for it in journal:
        ours = transfers.get(it["metadata"].get("transferId", ""))
        if ours is None or ours["amount_minor"] != minor(it["amount"]):
            found.append(f"{it['transactionId']} of {it['amount']}: {ours}")
    return found


def misreported(
    journal: list[dict[str, Any]], transfers: dict[str, dict[str, Any]], status: dict[str, str]
) -> list[str]:
    """Done but not executed, or not happened but paid, or executed under another name than we keep."""
    executed = {it["metadata"].get("transferId"): it["transactionId"] for it in journal}
    found = []
    for key, it in transfers.items():
        became = status.get(executed.get(key, ""), "never executed")
        says_done, says_not = it["state"] in MOVED, it["state"] in NOT_MOVED
        if (says_done and became != "completed") or (says_not and became not in {"failed", "never executed"}):
            found.append(f"{key} is {it['state']} here and {became} at OMS")
        elif says_done and it["oms_id"] != executed[key]:
            found.append(f"{key} is {it['oms_id']} here and {executed[key]} at OMS")
    return found


def different(wallets: list[dict[str, Any]], ground: Ground) -> list[str]:
    there: defaultdict[str, int] = defaultdict(int)
    for wallet, balance in ground.sandbox("SELECT id, balance_minor FROM wallets"):
        there[wallet] = balance
    pairs = [(it["oms_id"], it["available_minor"] + it["held_minor"]) for it in wallets if it["oms_id"]]
    return [f"{wallet}: {here} here, {there[wallet]} there" for wallet, here in pairs if here != there[wallet]]


def minor(amount: str) -> int:
    return int(Decimal(amount) * MICRO)
