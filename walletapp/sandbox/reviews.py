"""The KYC reviewer: endorsements and how they move.

PENDING on request; then ACTIVE, ISSUES or REJECTED by a decision; ISSUES and REVOKED_ISSUES go back to PENDING when the
customer is updated; ACTIVE can be revoked. The sandbox keeps only which identity items were given, never their text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from walletapp.sandbox import jobs
from walletapp.sandbox.errors import ApiError
from walletapp.sandbox.store import Tx

Decision = Literal["approve", "issues", "reject", "revoke"]
ITEMS = (
    "firstName", "lastName", "email", "phone", "birthDate", "nationality", "residentialAddress",
    "identifyingInformation", "signedAgreement",
)  # fmt: skip
ALL = ("basic", "cryptoCustody", "usd")
OUTCOME = {"approve": "ACTIVE", "issues": "ISSUES", "reject": "REJECTED", "revoke": "REVOKED_ISSUES"}
REASONS = {
    "issues": "We need this once more: {requirement}.",
    "reject": "We could not verify your identity.",
    "revoke": "Your verification is no longer valid.",
}


@dataclass(frozen=True)
class Decided:
    """What a reviewer says; no named endorsement means all it can apply to."""

    decision: Decision
    endorsement: str = ""
    requirement: str = ""
    reason: str = ""


def _spoken(item: str) -> str:
    """The name of an item as people read it: residentialAddress -> residential address."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", item).lower()


def with_prerequisites(names: Iterable[str]) -> list[str]:
    """Every other endorsement brings basic with it."""
    asked = set(names)
    return [name for name in ALL if name in asked or (name == "basic" and asked)]


def requested(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"name": name, "status": "PENDING", "reasons": []} for name in with_prerequisites(names)]


def shown(endorsement: dict[str, Any], doc: dict[str, Any]) -> dict[str, Any]:
    """The endorsement as the API shows it, with what is complete, pending, missing and to be sent again."""
    given = [item for item in ITEMS if is_given(doc, item)]
    asked = doc["asked"] if endorsement["status"] in ("ISSUES", "REVOKED_ISSUES") else []
    waiting = endorsement["status"] == "PENDING"
    return {
        "name": endorsement["name"],
        "status": endorsement["status"],
        "rejectionReasons": endorsement["reasons"],
        "requirements": {
            "complete": [] if waiting else [item for item in given if item not in asked],
            "pending": given if waiting else [],
            "missing": [item for item in ITEMS if item not in given],
            "issues": asked,
        },
    }


def is_given(doc: dict[str, Any], item: str) -> bool:
    return bool(doc["identity"].get(item) if item in doc["identity"] else doc.get(item))


def is_active(doc: dict[str, Any], name: str) -> bool:
    return any(e["name"] == name and e["status"] == "ACTIVE" for e in doc["endorsements"])


def require_active(doc: dict[str, Any], name: str) -> None:
    if not is_active(doc, name):
        raise ApiError(403, "endorsementRequired", f"The customer's {name} endorsement is not ACTIVE.")


def reopen(doc: dict[str, Any], named: Iterable[str]) -> bool:
    """Put back to PENDING what an update may change, and add newly named endorsements. True when anything moved."""
    names = with_prerequisites(named)
    moved = False
    for endorsement in doc["endorsements"]:
        on_purpose = endorsement["name"] in names and endorsement["status"] not in ("ACTIVE", "OFFBOARDED")
        if on_purpose or endorsement["status"] in ("ISSUES", "REVOKED_ISSUES", "INACTIVE"):
            endorsement.update(status="PENDING", reasons=[])
            moved = True
    present = {endorsement["name"] for endorsement in doc["endorsements"]}
    added = [endorsement for endorsement in requested(names) if endorsement["name"] not in present]
    doc["endorsements"].extend(added)
    return moved or bool(added)


def await_decision(tx: Tx, customer_id: str, doc: dict[str, Any]) -> None:
    if str(doc.get("lastName", "")).lower() != "slow":
        jobs.schedule(tx, "decideReview", customer_id, tx.settings.kyc_seconds)


def decided_by_itself(doc: dict[str, Any]) -> Decided:
    """What the automatic reviewer says."""
    missing = [item for item in ITEMS if not is_given(doc, item)]
    last_name = str(doc.get("lastName", "")).lower()
    if last_name == "reject" or doc["identity"].get("isMinor"):
        return Decided("reject")
    if last_name == "moreinfo" and not doc.get("addressSentAgain"):
        return Decided("issues", requirement="residentialAddress")
    if missing or doc["asked"]:
        return Decided("issues", requirement=(missing + doc["asked"])[0])
    return Decided("approve")


def apply(doc: dict[str, Any], decided: Decided) -> list[str]:
    """Change `doc` by the decision and name the endorsements that changed."""
    requirement = decided.requirement or ("residentialAddress" if decided.decision == "issues" else "")
    text = decided.reason or REASONS.get(decided.decision, "").format(requirement=_spoken(requirement))
    changed = []
    for entry in doc["endorsements"]:
        if _concerns(decided, entry) and entry["status"] not in (OUTCOME[decided.decision], "OFFBOARDED"):
            reasons = [{"developerReason": f"sandbox:{decided.decision}", "reason": text}] if text else []
            entry.update(status=OUTCOME[decided.decision], reasons=reasons)
            changed.append(entry["name"])
    if decided.decision == "approve":
        doc["asked"] = []
    elif changed and requirement and requirement not in doc["asked"]:
        doc["asked"].append(requirement)
    return changed


def _concerns(decided: Decided, entry: dict[str, Any]) -> bool:
    """Without a named endorsement: revoking concerns those that are ACTIVE, everything else those that are not."""
    if decided.endorsement:
        return bool(entry["name"] == decided.endorsement)
    return bool((entry["status"] == "ACTIVE") == (decided.decision == "revoke"))
