"""Row 7: looking changes nothing. GET and HEAD of every page, as everybody, write to sessions and notes alone."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection

from tests.faults.figures import Figures
from tests.security.cast import ANONYMOUS, OTHER, OWNER, ROOT, UNVERIFIED, Cast
from tests.security.routes import own_samples, routes

ROW = 7
WRITES = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM|CREATE|DROP|ALTER)\s+"?(\w+)', re.IGNORECASE)
# A session is kept when a form is shown; a refusal is noted in the trail, a limited number of times; and that somebody
# of the staff looked at a customer is what their visits say.
NO_CHANGE = {"django_session", "audit_auditevent", "audit_audithead", "privacy_staffvisit"}
# OMS's figures are read again when they are old: what the page shows is then kept with its time (balance.refresh).
READ_AGAIN = {("wallet:dashboard", "wallet_wallet"), ("wallet:dashboard_live", "wallet_wallet")}


def test_no_page_writes_when_it_is_only_looked_at(cast: Cast, figures: Figures) -> None:
    asked, wrote = 0, set()
    pages = {route.thing: route.name for route in routes(cast)} | own_samples()
    for url, name in pages.items():
        for role in (ANONYMOUS, OWNER, OTHER, UNVERIFIED, ROOT):
            for method in ("GET", "HEAD"):
                seen: set[str] = set()
                with connection.execute_wrapper(_listener(seen)):
                    cast.ask(role, method, url)
                asked += 1
                wrote |= {(name, table) for table in seen - NO_CHANGE}
    figures.hold("requests that only look", asked, ">= 1,500", asked >= 1_500)
    figures.zero("tables written by looking", sorted(f"{name}: {table}" for name, table in wrote - READ_AGAIN))


def test_the_sweep_sees_a_write(cast: Cast, figures: Figures) -> None:
    seen: set[str] = set()
    with connection.execute_wrapper(_listener(seen)):
        cast.ask(OWNER, "POST", f"/transfers/{cast.sent.pk}/check/")
        cast.ask(OWNER, "POST", "/payees/only-saved/", {"do": "on"})
    figures.hold("a write that the sweep sees", sorted(seen), "the wish", "payees_onlysaved" in seen)


def _listener(seen: set[str]) -> Any:
    def listen(execute: Any, sql: str, params: Sequence[Any], many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            seen.add(found[2])
        return execute(sql, params, many, context)

    return listen
