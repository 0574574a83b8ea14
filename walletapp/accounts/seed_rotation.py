"""The seeds of authenticator apps and of recovery codes, when the master key is changed. Named in SEALED_ELSEWHERE.

They stand in a JSON column of allauth's, so no sealed field finds them.
"""

import base64
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from walletapp.accounts.factors import APP, RECOVERY, SEED_PLACE
from walletapp.keys.rotation import Count
from walletapp.sealed import CannotOpen, resealed

_COLUMNS = {APP: "secret", RECOVERY: "seed"}


def rotate(is_check: bool) -> Iterator[Count]:
    """Bring every seed under the first master key; as a check, only count. Safe to stop and to repeat."""
    for kind, column in _COLUMNS.items():
        found = {"current": 0, "old": 0, "unreadable": 0}
        for pk in Authenticator.objects.filter(type=kind).order_by("pk").values_list("pk", flat=True).iterator():
            if became := _seed(pk, column, is_check=is_check):
                found[became] += 1
        yield Count(f"mfa_authenticator.data.{column}", **found)


@transaction.atomic
def _seed(pk: int, column: str, *, is_check: bool) -> str:
    """Under the row's lock: somebody may be using a code of it. Empty when the row is gone."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None or column not in row.data:
        return ""
    try:
        again = resealed(base64.b64decode(row.data[column]), SEED_PLACE)
    except CannotOpen:
        return "unreadable"
    if again is None:
        return "current"
    if not is_check:
        row.data[column] = base64.b64encode(again).decode()
        row.save(update_fields=["data"])
    return "old"
