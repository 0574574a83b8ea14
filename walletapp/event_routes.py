"""Where each OMS event goes: the urls.py of webhooks.

Event names are never branched on (the provider's own pages spell them in three ways); the kind of the resource in
`data.object` picks the handlers. Each gets the resource's id, reads the resource again and believes only that.
"""

from walletapp.accounts.reviewing import apply_customer
from walletapp.banking.accounts import apply_external_account
from walletapp.banking.opening import apply_virtual_account
from walletapp.transfers.depositing import apply_deposit
from walletapp.transfers.funding import apply_cash_in
from walletapp.transfers.tracking import apply_transaction
from walletapp.wallet.provisioning import apply_wallet_status, provision_for

EVENT_ROUTES = {
    "customer": [apply_customer, provision_for],
    "wallet": [apply_wallet_status, apply_deposit],
    "virtualAccount": [apply_virtual_account],
    "externalAccount": [apply_external_account],
    "transaction": [apply_transaction],
    "cashIn": [apply_cash_in],
}
