"""Early access over HTTP: OMS publishes these shapes as intended; the sandbox serves them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from walletapp.sandbox import accounts, banks, customers, ledger, reviews
from walletapp.sandbox.account_bodies import DepositAddressCreate, ExternalAccountCreate, VirtualAccountCreate
from walletapp.sandbox.addresses import new_address
from walletapp.sandbox.bodies import WalletTarget
from walletapp.sandbox.cycle import OmsRoute, TxDep
from walletapp.sandbox.errors import ApiError, invalid
from walletapp.sandbox.ids import new_digits
from walletapp.sandbox.paging import Listing, Page
from walletapp.sandbox.store import Row, Tx
from walletapp.sandbox.wire import answer

router = APIRouter(route_class=OmsRoute)
BANK = "Sandbox National Bank"
DEPOSIT_NETWORKS = ("ethereum", "base", "solana", "ink", "sui")


@router.post("/customers/{customer_id}/virtual-accounts", status_code=201)
async def create_virtual_account(customer_id: str, body: VirtualAccountCreate, tx: TxDep) -> Response:
    doc = _verified(tx, customer_id, "usd")
    wallet = _target_wallet(tx, customer_id, body.destination.wallet, body.destination.asset, body.destination.network)
    owner = {"customer": f"{doc.get('firstName') or ''} {doc.get('lastName') or ''}".strip(), "developer": "Developer"}
    account_id = tx.new_id("va")
    row = accounts.add(tx, account_id, "virtualAccount", customer_id, {
        "status": "active",
        "source": {"asset": "usd", "network": "usBank"},
        "bankDetails": {
            "bankName": BANK, "accountNumber": new_digits(12), "routingNumber": with_check_digit("02110001"),
            "accountType": "checking", "ownerName": owner.get(body.accountholder_name, "OMS"),
            "reference": f"VA-{account_id[-8:].upper()}",
        },
        "destination": {"wallet": {"id": wallet["id"]}, "asset": wallet["asset"], "network": wallet["chain"]},
        "accountholderName": body.accountholder_name,
        "metadata": body.metadata or {},
    })  # fmt: skip
    return answer(201, accounts.shown(row))


@router.post("/customers/{customer_id}/external-accounts", status_code=201)
async def create_external_account(customer_id: str, body: ExternalAccountCreate, tx: TxDep) -> Response:
    """A US bank account to pay out to. Only the last four digits of its number are kept."""
    _verified(tx, customer_id, "basic")
    bank = body.bank_details
    number, routing = bank.account_number, bank.routing_number
    if not (number.isascii() and number.isdigit() and 4 <= len(number) <= 17):
        raise invalid("bankDetails.accountNumber", "4 to 17 digits are needed")
    if len(routing) != 9 or with_check_digit(routing[:8]) != routing:
        raise invalid("bankDetails.routingNumber", "not a valid routing number")
    row = accounts.add(tx, tx.new_id("cpUsBank"), "externalAccount", customer_id, {
        "type": "usBank",
        "status": "pending",
        "network": body.network,
        "bankDetails": {
            "bankName": bank.bank_name, "accountNumber": f"****{number[-4:]}", "accountType": bank.account_type,
        },
        "metadata": body.metadata or {},
    })  # fmt: skip
    return answer(201, accounts.shown(banks.first_answer(tx, row, bank.owner_name)))


@router.post("/customers/{customer_id}/deposit-addresses", status_code=201)
async def create_deposit_address(customer_id: str, body: DepositAddressCreate, tx: TxDep) -> Response:
    _verified(tx, customer_id, "cryptoCustody")
    source = body.source
    if source.asset != "usdc" or source.network not in DEPOSIT_NETWORKS:
        raise ApiError(
            422, "routeNotSupported", f"A deposit address takes usdc on one of {', '.join(DEPOSIT_NETWORKS)}."
        )
    wallet = _target_wallet(tx, customer_id, body.destination.wallet, body.destination.asset, body.destination.network)
    instructions = {"address": new_address(), "asset": source.asset, "network": source.network}
    row = accounts.add(tx, tx.new_id("da"), "depositAddress", customer_id, {
        "status": "active",
        "transactionType": "cryptoToCrypto",
        "source": {"asset": source.asset, "network": source.network, "depositInstructions": instructions},
        "destination": {"wallet": {"id": wallet["id"]}, "asset": wallet["asset"], "network": wallet["chain"]},
    })  # fmt: skip
    return answer(201, accounts.shown(row))


@router.get("/customers/{customer_id}/virtual-accounts")
async def list_virtual_accounts(customer_id: str, query: Annotated[Listing, Query()], tx: TxDep) -> Response:
    return _listed(tx, customer_id, "virtualAccount", query)


@router.get("/customers/{customer_id}/external-accounts")
async def list_external_accounts(customer_id: str, query: Annotated[Listing, Query()], tx: TxDep) -> Response:
    return _listed(tx, customer_id, "externalAccount", query)


@router.get("/customers/{customer_id}/deposit-addresses")
async def list_deposit_addresses(customer_id: str, query: Annotated[Listing, Query()], tx: TxDep) -> Response:
    return _listed(tx, customer_id, "depositAddress", query)


@router.get("/virtual-accounts/{account_id}")
async def get_virtual_account(account_id: str, tx: TxDep) -> Response:
    return answer(200, accounts.shown(accounts.row_of(tx, account_id, "virtualAccount")))


@router.get("/external-accounts/{account_id}")
async def get_external_account(account_id: str, tx: TxDep) -> Response:
    return answer(200, accounts.shown(accounts.row_of(tx, account_id, "externalAccount")))


@router.get("/deposit-addresses/{account_id}")
async def get_deposit_address(account_id: str, tx: TxDep) -> Response:
    return answer(200, accounts.shown(accounts.row_of(tx, account_id, "depositAddress")))


def with_check_digit(eight: str) -> str:
    """A routing number: eight digits and the ninth that makes the weighted sum a multiple of ten (ABA)."""
    if not (eight.isascii() and eight.isdigit()):
        return ""
    weighted = sum(int(digit) * weight for digit, weight in zip(eight, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return f"{eight}{-weighted % 10}"


def _verified(tx: Tx, customer_id: str, endorsement: str) -> dict[str, Any]:
    row = customers.row_of(tx, customer_id)
    if row["status"] != "active":
        raise ApiError(403, "customerInactive", "An inactive customer gets no accounts.")
    doc = customers.doc_of(row)
    reviews.require_active(doc, endorsement)
    return doc


def _target_wallet(tx: Tx, customer_id: str, target: WalletTarget | None, asset: str, network: str) -> Row:
    """Where the money is to land: the named wallet, or the customer's only fitting one."""
    if target is not None and target.wallet_id:
        return ledger.require_own(tx, customer_id, target.wallet_id, asset, network)
    fitting = [w for w in ledger.rows_of_customer(tx, customer_id) if (w["asset"], w["chain"]) == (asset, network)]
    if len(fitting) != 1:
        raise invalid("destination.wallet", "name the wallet the money is to land in")
    return fitting[0]


def _listed(tx: Tx, customer_id: str, kind: str, query: Listing) -> Response:
    customers.row_of(tx, customer_id)
    page = Page("accounts", query)
    page.only("customer_id = ? AND object = ?", customer_id, kind)
    return answer(200, page.read(tx, accounts.shown))
