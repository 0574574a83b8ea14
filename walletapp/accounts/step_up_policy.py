"""What is confirmed with a passkey or a code each time, for exactly what its page shows.

walletapp/settings.py takes it over and puts the amount in. Nothing of ours is imported: Django is not set up yet.
"""

from typing import Any

STEP_UP: dict[str, Any] = {
    "first_send": True,  # to a payee nothing has arrived at yet
    "send_above_minor": 50_000_000,
    "sends_per_hour": 3,
    "withdrawal": True,
    "bank_account": True,
    "payee": True,  # saving, renaming and removing one, and paying others than those again
    "limit_raise": True,
    "data_export": True,
    "closing": True,
    "unpausing": True,
    # How one signs in. Switched off, it still wants a proof that is REAUTHENTICATION_SECONDS old at most.
    "email": True,
    "password": True,
    "new_factor": True,  # also by a recovery code, or whoever lost the phone would never have another
    "factor": True,  # another name for one, and taking it away
    "recovery_codes": True,
}
