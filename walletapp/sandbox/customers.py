"""Customers: create, read, list, update, soft-delete. Identity fields are write-only and not even stored."""

import json
import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from walletapp.sandbox import events, jobs, ledger, reviews
from walletapp.sandbox.bodies import CustomerCreate, CustomerUpdate
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid, not_found
from walletapp.sandbox.paging import Listing, Page
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer, iso

router = APIRouter(route_class=OmsRoute)
PLAIN = ("firstName", "middleName", "lastName", "email", "phone", "nationality", "externalId", "metadata")
REOPENING = ("lastName", "residentialAddress", "identifyingInformation", "ipAddress")
ADDRESS_PARTS = ("line1", "city", "state", "country", "zipCode")
ADULT_AGE = 18


class CustomerListing(Listing):
    """This list names its cursor otherwise than all the others."""

    cursor: str | None = None
    status: Literal["active", "inactive"] | None = None
    email: str | None = None
    external_id: str | None = None


@router.post("/customers", status_code=201)
async def create_customer(body: CustomerCreate, tx: TxDep) -> Response:
    doc: dict[str, Any] = {"identity": {}, "asked": [], "signedAgreement": False, "signedAgreementAt": None}
    _take(tx, doc, body)
    names = ["cryptoCustody", "usd"] if body.endorsements is None else body.endorsements
    doc["endorsements"] = reviews.requested(names)
    customer_id = tx.new_id("cst")
    tx.run(
        "INSERT INTO customers (id, status, email, external_id, doc, created_at, updated_at)"
        " VALUES (?, 'active', ?, ?, ?, ?, ?)",
        customer_id, doc.get("email"), doc.get("externalId"), json.dumps(doc), tx.now, tx.now,
    )  # fmt: skip
    if doc["endorsements"]:
        reviews.await_decision(tx, customer_id, doc)
    return answer(201, shown(tx, row_of(tx, customer_id)))


@router.get("/customers")
async def list_customers(query: Annotated[CustomerListing, Query()], tx: TxDep) -> Response:
    page = Page("customers", query.model_copy(update={"starting_after": query.cursor}))
    page.matching(status=query.status, email=query.email, external_id=query.external_id)
    return answer(200, page.read(tx, lambda row: shown(tx, row), cursor_name="cursor"))


@router.get("/customers/{customer_id}")
async def get_customer(customer_id: str, tx: TxDep) -> Response:
    return answer(200, shown(tx, row_of(tx, customer_id)))


@router.patch("/customers/{customer_id}")
async def update_customer(customer_id: str, body: CustomerUpdate, tx: TxDep) -> Response:
    doc = doc_of(row_of(tx, customer_id))
    given = sent(body)
    _take(tx, doc, body)
    asked_for = [item for item in doc["asked"] if item in given]
    if "endorsements" in given or asked_for or any(name in given for name in REOPENING):
        doc["asked"] = [item for item in doc["asked"] if item not in given]
        if reviews.reopen(doc, body.endorsements or ()):
            reviews.await_decision(tx, customer_id, doc)
    save(tx, customer_id, doc)
    return answer(200, shown(tx, row_of(tx, customer_id)))


@router.delete("/customers/{customer_id}")
async def delete_customer(customer_id: str, tx: TxDep) -> Response:
    row_of(tx, customer_id)
    tx.run("UPDATE customers SET status = 'inactive', updated_at = ? WHERE id = ?", tx.now, customer_id)
    return answer(200, shown(tx, row_of(tx, customer_id)))


def row_of(tx: Tx, customer_id: str) -> Row:
    row = tx.one("SELECT * FROM customers WHERE id = ?", customer_id)
    if row is None:
        raise not_found("customer")
    return row


def doc_of(row: Row) -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(row["doc"])
    return doc


def able_to_pay(tx: Tx, customer_id: str) -> dict[str, Any]:
    """The customer's document. Raises ApiError(403) unless active and verified for transactions."""
    row = row_of(tx, customer_id)
    if row["status"] != "active":
        raise ApiError(403, "customerInactive", "An inactive customer makes no new transactions.")
    doc = doc_of(row)
    reviews.require_active(doc, "basic")
    return doc


def decide(tx: Tx, customer_id: str, decided: reviews.Decided) -> list[str]:
    """Carry out a reviewer's decision and tell the webhooks, once per endorsement that changed."""
    doc = doc_of(row_of(tx, customer_id))
    changed = reviews.apply(doc, decided)
    jobs.cancel(tx, "decideReview", customer_id)
    save(tx, customer_id, doc)
    resource = shown(tx, row_of(tx, customer_id))
    name = "granted" if decided.decision == "approve" else "updated"
    for _ in changed:
        events.emit(tx, f"customer.endorsement.{name}", resource)
    return changed


def decide_by_itself(tx: Tx, customer_id: str) -> None:
    decide(tx, customer_id, reviews.decided_by_itself(doc_of(row_of(tx, customer_id))))


def save(tx: Tx, customer_id: str, doc: dict[str, Any]) -> None:
    tx.run(
        "UPDATE customers SET doc = ?, email = ?, external_id = ?, updated_at = ? WHERE id = ?",
        json.dumps(doc), doc.get("email"), doc.get("externalId"), tx.now, customer_id,
    )  # fmt: skip


def shown(tx: Tx, row: Row) -> dict[str, Any]:
    doc = doc_of(row)
    return {
        "id": row["id"],
        "object": "customer",
        "type": "individual",
        **{name: doc.get(name) for name in PLAIN if name != "metadata"},
        "status": row["status"],
        "signedAgreement": doc["signedAgreement"],
        "signedAgreementAt": doc["signedAgreementAt"],
        "wallets": [ledger.summary(wallet) for wallet in ledger.rows_of_customer(tx, row["id"])],
        "endorsements": [reviews.shown(endorsement, doc) for endorsement in doc["endorsements"]],
        "metadata": doc.get("metadata") or {},
        "createdAt": iso(row["created_at"]),
        "updatedAt": iso(row["updated_at"]),
    }


def _take(tx: Tx, doc: dict[str, Any], body: CustomerUpdate) -> None:
    """Copy what was sent into `doc`; of identity items only that they are there."""
    _check_forms(body)
    given = sent(body)
    doc.update({name: given[name] for name in PLAIN if name in given})
    identity = doc["identity"]
    if body.birth_date is not None:
        identity["birthDate"] = True
        identity["isMinor"] = _age(body.birth_date, tx.now) < ADULT_AGE
    if body.residential_address is not None:
        doc["addressSentAgain"] = "residentialAddress" in identity
        identity["residentialAddress"] = all(given["residentialAddress"].get(part) for part in ADDRESS_PARTS)
    if body.identifying_information is not None:
        complete = any(entry.type and entry.number for entry in body.identifying_information)
        identity["identifyingInformation"] = identity.get("identifyingInformation", False) or complete
    if body.signed_agreement is False and doc["signedAgreement"]:
        raise invalid("signedAgreement", "cannot go back to false")
    if body.signed_agreement and not doc["signedAgreement"]:
        doc.update(signedAgreement=True, signedAgreementAt=iso(tx.now))


def sent(body: CustomerUpdate) -> dict[str, Any]:
    """What the caller sent, by its names on the wire."""
    return body.model_dump(by_alias=True, exclude_none=True, mode="json")


def _check_forms(body: CustomerUpdate) -> None:
    if body.phone is not None and re.fullmatch(r"\+[1-9][0-9]{6,14}", body.phone) is None:
        raise invalid("phone", "E.164 is needed, such as +12125551234")
    if body.nationality is not None and re.fullmatch(r"[A-Z]{2}", body.nationality) is None:
        raise invalid("nationality", "a two-letter country code is needed")
    if body.email is not None and re.fullmatch(r"[^@\s]+@[^@\s]+", body.email) is None:
        raise invalid("email", "not an e-mail address")


def _age(born: date, now_ms: int) -> int:
    today = datetime.fromtimestamp(now_ms // 1000, UTC).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
