"""Row 1: every page, by every method, as everybody. A door that stands open, or tells what is behind it, is a leak."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.faults.figures import Figures
from tests.house import access
from tests.security.cast import ANONYMOUS, CUSTOMERS, EVERYBODY, NO_ROLE, OTHER, OWNER, ROOT, STAFF, UNVERIFIED, Cast
from tests.security.routes import Route, own_samples, routes
from walletapp.staff import roles

ROW = 1
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
NOBODYS = {"OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"}
TURNED_AWAY = {400, 403, 404, 405}
# Of the admin's pages these are about no table: the front page, which lists only what one may read, and its helpers.
FRONT = {"admin:index", "admin:app_list", "admin:autocomplete", "admin:password_change", "admin:password_change_done"}
FRONT |= {
    "admin:view_on_site",
    "admin:(?P<url>.*)$",
    "admin:<path:object_id>/",
    "admin:login",
    "admin:logout",
    "admin:jsi18n",
}
# Pages of an app's own in the admin, and the right that opens each.
RIGHTS = {
    "admin:reveal": ("reveal_sealed", "privacy"),
    "admin:banking_place": ("change_unmatcheddeposit", "banking"),
    "admin:accounts_user_recover": ("ask_recovery", "accounts"),
    "admin:accounts_user_sign_out": ("end_sessions", "accounts"),
    "admin:accounts_recovery_decide": ("decide_recovery", "accounts"),
}


def test_every_page_by_every_method_as_everybody(cast: Cast, figures: Figures) -> None:
    every = [*routes(cast), *(Route(name, str(access.rule(name)), url) for url, name in own_samples().items())]
    asked, leaks, crashes = 0, [], []
    for route in every:
        for method in METHODS:
            for role in EVERYBODY:
                answer, asked = cast.ask(role, method, route.thing), asked + 1
                what = f"{method} {route.name} as {role}: {answer.status_code}"
                if answer.status_code >= 500:
                    crashes.append(what)
                if not fits(route, method, role, answer):
                    leaks.append(what)
    figures.hold("pages swept, of the URL table", len(every), "all, >= 180", len(every) >= 180)
    figures.hold("requests", asked, ">= 10,000", asked >= 10_000)
    figures.zero("doors that stand open", leaks)
    figures.zero("server errors", crashes)
    closed = [route.name for route in every if route.nothing and not _opens(cast, route)]
    figures.zero("things their owner cannot open", closed)
    told = [
        f"{method} {route.name}"
        for route in every
        if route.nothing
        for method in ("GET", "POST", "HEAD")
        if _tells(cast, route, method)
    ]
    figures.zero("answers that tell a stranger that a thing exists", told)


def fits(route: Route, method: str, role: str, answer: Any) -> bool:
    """Whether this answer is one that the page's rule has for that person."""
    if method in NOBODYS:
        return bool(answer.status_code == 405 and not answer.content)
    return _RULES[route.rule](route, role, answer)


def _anybody(route: Route, role: str, answer: Any) -> bool:
    return bool(answer.status_code < 500)


def _signed_in(route: Route, role: str, answer: Any) -> bool:
    if role == ANONYMOUS:
        return _to_login(answer) or bool(answer.status_code == 405)
    return _not_theirs(route, role, answer) or bool(not route.nothing and answer.status_code < 500)


def _verified(route: Route, role: str, answer: Any) -> bool:
    if role == ANONYMOUS:
        return _to_login(answer) or answer.status_code == 405
    if role not in {OWNER, OTHER}:
        led = answer.status_code == 302 and answer["Location"] == "/identity/"
        return bool(led or answer.status_code == 405)
    return _not_theirs(route, role, answer) or (not route.nothing and answer.status_code < 500)


def _not_theirs(route: Route, role: str, answer: Any) -> bool:
    """A thing is its owner's; for everybody else it does not exist."""
    if role == OWNER or not route.nothing:
        return role == OWNER
    return bool(answer.status_code in {404, 405}) or _removes_nothing(route, answer)


def _removes_nothing(route: Route, answer: Any) -> bool:
    """Taking an account off a list is safe to repeat, and to do to one that is not there."""
    return route.name == "banking:remove_account" and answer.status_code == 302


def _staff(route: Route, role: str, answer: Any) -> bool:
    if role == ANONYMOUS or role in CUSTOMERS:
        return _to_login(answer, "/admin/login/?") or _to_login(answer) or answer.status_code in TURNED_AWAY
    if role == ROOT or route.name in FRONT:
        return bool(answer.status_code < 500)
    if not route.model:
        return answer.status_code in TURNED_AWAY or _may(role, *RIGHTS[route.name])
    verb = route.name.rpartition("_")[2]
    needs = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}[verb]
    app, _, model = route.model.partition(".")
    is_theirs = _may(role, f"{needs}_{model}", app) or _may(role, f"change_{model}", app)
    if needs in {"add", "delete"} or not is_theirs:
        return answer.status_code in TURNED_AWAY or _to_login(answer, "/admin/")
    return bool(answer.status_code < 500)


def _machine(route: Route, role: str, answer: Any) -> bool:
    return answer.status_code in {400, 401, 403, 404, 405}


_RULES: dict[str, Callable[[Route, str, Any], bool]] = {
    access.ANYBODY: _anybody,
    access.SIGNED_IN: _signed_in,
    access.VERIFIED: _verified,
    access.STAFF: _staff,
    access.MACHINE: _machine,
}


def _to_login(answer: Any, door: str = "/account/login/?") -> bool:
    """To the door; the admin's front page, for a row that is not there, is one too."""
    to = answer.get("Location", "")
    return bool(answer.status_code == 302 and (to == door or (door.endswith("?") and to.startswith(door))))


def _may(role: str, codename: str, app: str = "banking") -> bool:
    return f"{app}.{codename}" in roles.rights().get(role, set())


def _opens(cast: Cast, route: Route) -> bool:
    method = "POST" if cast.ask(OWNER, "GET", route.thing).status_code == 405 else "GET"
    answer = cast.ask(OWNER, method, route.thing)
    return not _to_login(answer) and (answer.status_code < 400 or answer.status_code in {409, 422})


def _tells(cast: Cast, route: Route, method: str) -> bool:
    """Whether the answer about Alice's thing differs from that about none, for anybody but her."""
    for role in (OTHER, UNVERIFIED, NO_ROLE, ANONYMOUS, *STAFF[1:2]):
        one, none = (cast.ask(role, method, url) for url in (route.thing, route.nothing))
        if (one.status_code, _plain(one, route.thing)) != (none.status_code, _plain(none, route.nothing)):
            return True
    return False


def _plain(answer: Any, url: str) -> str:
    """The answer without what is different in every answer, and without what was asked for."""
    text = answer.content.decode() + str(answer.get("Location", "")).replace(quote(url, safe=""), "")
    text = re.sub(r'(nonce|name="csrfmiddlewaretoken" value|content)="[^"]{16,}"', "", text).replace(url, "")
    text = re.sub(r"X-CSRFToken&quot;: &quot;\w+|[\"']X-CSRFToken[\"']: *[\"']\w+", "", text)
    return re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", "", text)


@pytest.mark.django_db
def test_the_sweep_sees_an_open_door(cast: Cast, figures: Figures) -> None:
    """The control: a page that lets the wrong person in does not fit its rule."""
    open_page = cast.ask(OTHER, "GET", "/home/")
    assert open_page.status_code == 200
    thing = Route("transfers:transfer", access.SIGNED_IN, "/x/", "/y/")
    staff = Route("admin:wallet_wallet_changelist", access.STAFF, "/x/")
    seen = [
        not fits(thing, "GET", OTHER, open_page),
        not fits(thing, "GET", ANONYMOUS, open_page),
        not fits(Route("x", access.VERIFIED, "/x/"), "GET", UNVERIFIED, open_page),
        not fits(staff, "GET", roles.ENGINEERS, open_page),
        not fits(staff, "GET", OWNER, open_page),
        not fits(thing, "PUT", OWNER, open_page),
    ]
    figures.hold("open doors that the sweep sees", sum(seen), f"{len(seen)}", all(seen))
