"""Every URL of the wallet with a real address: one of Alice's things where the page is about a thing."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tests.house.access import rule
from tests.house.test_access import SAMPLES, pages
from tests.security.cast import Cast
from tests.transfers.cash_steps import a_store

# Addresses that are a regular expression. One that is new and not here fails the sweep.
BY_HAND = {
    "account_confirm_email": "/account/confirm-email/MQ:1abcde:0123456789/",
    "account_reset_password_from_key": "/account/password/reset/key/1-abcdef-0123456789abcdef/",
    "admin:(?P<url>.*)$": "/admin/nothing/here/",
    "admin:<path:object_id>/": "/admin/wallet/wallet/7/",  # one for each table, all of them lead to its `change` page
    "admin:view_on_site": "/admin/r/1/1/",
    "admin:app_list": "/admin/wallet/",
}


@dataclass(frozen=True)
class Route:
    """One URL pattern. `thing`: the address of Alice's thing; `nothing`: the same of a thing that does not exist."""

    name: str
    rule: str
    thing: str
    nothing: str = ""

    @property
    def model(self) -> str:
        """`app.model` of a staff page about one table."""
        app, _, rest = self.name.removeprefix("admin:").partition("_")
        table, _, page = rest.rpartition("_")
        is_one = self.rule == "staff" and page in {"changelist", "add", "change", "delete", "history"}
        return f"{app}.{table}" if is_one else ""


def routes(cast: Cast) -> Iterator[Route]:
    """Every page. Raises LookupError for one that no address is known for."""
    things = _things(cast)
    for name, pattern in pages():
        who = rule(name)
        if who is None:
            raise LookupError(f"nobody has decided who may open {name}")
        asked = pattern.pattern.converters
        if name in things:
            mine = things[name]
            missing = {key: value + 10**6 if isinstance(value, int) else uuid.uuid4() for key, value in mine.items()}
            yield Route(name, who, reverse(name, kwargs=mine), reverse(name, kwargs=missing))
        elif name == "admin:reveal":
            sealed = {"app": "banking", "table": "externalaccount", "pk": cast.account.pk, "name": "account_number"}
            yield Route(name, who, reverse(name, kwargs=sealed))
        elif name in BY_HAND or not _is_named(name, asked):
            yield Route(name, who, BY_HAND[name])
        elif name.startswith("admin:") and "object_id" in asked:
            yield Route(name, who, reverse(name, args=[_first_row(name)]))
        else:
            sample = {key: SAMPLES[type(converter).__name__] for key, converter in asked.items()}
            yield Route(name, who, reverse(name, kwargs=sample))


def _things(cast: Cast) -> dict[str, dict[str, Any]]:
    of = {
        cast.draft: ("transfers:review", "transfers:new_price"),
        cast.sent: (
            "transfers:transfer",
            "transfers:status",
            "transfers:check",
            "transfers:cancel",
            "transfers:save_recipient",
        ),
        cast.cash: ("transfers:new_code",),
    }
    transfers = {name: {"transfer_id": it.pk} for it, names in of.items() for name in names}
    accounts = {name: {"account_id": cast.account.pk} for name in ("banking:account", "banking:remove_account")}
    payees = {"payees:payee": {"payee_id": cast.payee.pk}}
    passkeys = {name: {"pk": cast.passkey.pk} for name in ("mfa_remove_webauthn", "mfa_edit_webauthn")}
    return transfers | accounts | payees | passkeys


def own_samples() -> dict[str, str]:
    """Addresses that only exist with a value that is real: a step, a store, the webhook."""
    return {
        reverse("accounts:step", args=["name"]): "accounts:step",
        reverse("transfers:add_cash_amount", args=[a_store().id]): "transfers:add_cash_amount",
        reverse("oms:webhook", args=[settings.OMS_WEBHOOK_PATH_TOKEN]): "oms:webhook",
    }


def _first_row(name: str) -> Any:
    app, _, rest = name.removeprefix("admin:").partition("_")
    table = rest.rpartition("_")[0]
    try:
        row = apps.get_model(app, table)._default_manager.first()
    except LookupError:
        row = None  # a page of an app's own: its rows are the account's
        found = apps.get_model("banking", "ExternalAccount")._default_manager.first()
        return found.pk if found else 1
    return row.pk if row is not None else 1


def _is_named(name: str, asked: Any) -> bool:
    try:
        sample = {key: SAMPLES[type(converter).__name__] for key, converter in asked.items()}
        reverse(name, kwargs=sample)
    except (NoReverseMatch, KeyError):
        return False
    return True
