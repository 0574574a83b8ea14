"""OMS's JSON as frozen dataclasses; dicts stop here.

Each has `from_json`, which raises BadShape for what cannot be true (an inexact amount, a wrong kind, a missing id)
and accepts every form that OMS's own pages show, so that the contradictions of the contract (section 11, C1 to C22)
are settled in this package and nowhere else. Unknown fields are ignored, unknown words are kept as text. Money
resources keep `raw`, the answer as it was read, for the record.
"""

from walletapp.oms.schemas.banking import BankDetails, ExternalAccount, SimulatedDeposit, VirtualAccount
from walletapp.oms.schemas.cash import (
    CashIn,
    CashInstructions,
    CashLocation,
    CashPickup,
    CounterAnswer,
    FeeEntry,
    FeeSchedule,
)
from walletapp.oms.schemas.customers import Customer, CustomerBalance, CustomerWallet, Endorsement
from walletapp.oms.schemas.page import Page, walk
from walletapp.oms.schemas.quotes import Quote
from walletapp.oms.schemas.shared import CashReference, Fees, Rates, Side, WalletTarget
from walletapp.oms.schemas.transactions import CryptoInstructions, Transaction, TransactionError
from walletapp.oms.schemas.wallets import Network, Wallet, WalletBalance
from walletapp.oms.schemas.webhooks import AccessToken, Webhook

__all__ = [
    "AccessToken",
    "BankDetails",
    "CashIn",
    "CashInstructions",
    "CashLocation",
    "CashPickup",
    "CashReference",
    "CounterAnswer",
    "CryptoInstructions",
    "Customer",
    "CustomerBalance",
    "CustomerWallet",
    "Endorsement",
    "ExternalAccount",
    "FeeEntry",
    "FeeSchedule",
    "Fees",
    "Network",
    "Page",
    "Quote",
    "Rates",
    "Side",
    "SimulatedDeposit",
    "Transaction",
    "TransactionError",
    "VirtualAccount",
    "Wallet",
    "WalletBalance",
    "WalletTarget",
    "Webhook",
    "walk",
]
