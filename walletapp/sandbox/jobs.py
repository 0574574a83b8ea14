"""What is due to happen by itself later. One job per kind and subject; the scheduler carries them out."""

from typing import Literal

from walletapp.sandbox.store import Tx

Kind = Literal["decideReview", "settle", "autoPay", "expireCode", "failUnpaid", "returnPayout"]
# Time passes whether or not the sandbox plays the other parties: these do not wait for `auto`.
CLOCKWORK: tuple[Kind, ...] = ("expireCode", "failUnpaid")


def schedule(tx: Tx, kind: Kind, subject: str, seconds: float) -> None:
    tx.run(
        "INSERT OR REPLACE INTO jobs (kind, subject, due_at) VALUES (?, ?, ?)",
        kind, subject, tx.now + int(seconds * 1000),
    )  # fmt: skip


def cancel(tx: Tx, kind: Kind, subject: str) -> None:
    tx.run("DELETE FROM jobs WHERE kind = ? AND subject = ?", kind, subject)


def due(tx: Tx) -> list[tuple[Kind, str]]:
    rows = tx.all(
        f"SELECT kind, subject FROM jobs WHERE due_at <= ? AND (? OR kind IN ({', '.join('?' * len(CLOCKWORK))})) "  # noqa: S608
        "ORDER BY due_at LIMIT 50",
        tx.now, tx.settings.auto, *CLOCKWORK,
    )  # fmt: skip
    return [(row["kind"], row["subject"]) for row in rows]
