"""Row 2: what every kind of answer tells a browser, over http and behind TLS: headers, cookies, what may be kept."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import override_settings

from tests.faults.figures import Figures
from tests.security.cast import Cast
from tests.security.surface import BESIDES, SURFACE, answers, behind_tls

ROW = 2
MANY = len(SURFACE) + BESIDES

EVERYWHERE = {
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"DENY",
    "Referrer-Policy": r"same-origin",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Cross-Origin-Resource-Policy": r"same-origin",
    "Cross-Origin-Embedder-Policy": r"require-corp",
    "Permissions-Policy": r".*camera=\(\).*microphone=\(\).*payment=\(\).*",
    "Content-Security-Policy": r"(?!.*unsafe)(?=.*default-src 'none')(?=.*base-uri 'none')(?=.*object-src 'none')"
    r"(?=.*frame-ancestors 'none')(?=.*form-action 'self')(?=.*report-uri /policy-report/).*",
}
BEHIND_TLS = {"Strict-Transport-Security": r"max-age=63072000; includeSubDomains; preload"}
NEVER = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Refresh")
COOKIES = {"sessionid", "csrftoken", "messages", "device"}
TLS_COOKIES = {"__Host-session", "__Host-csrf", "__Host-messages", "__Host-device"}
SIGNED_IN = ("signed in with a password", "signed in with a code")
MAY_BE_KEPT = {"a file", "colours", "icon"}  # no word in them about anybody


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_the_headers_of_every_kind_of_answer(cast: Cast, figures: Figures, tls: bool) -> None:
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        found = dict(_answers(cast, tls=tls))
    wanted = EVERYWHERE | (BEHIND_TLS if tls else {})
    figures.hold("kinds of answers", len(found), f"{MANY}", len(found) == MANY)
    missing = [
        f"{name}: {header} {answer.headers.get(header)}"
        for name, answer in found.items()
        for header, pattern in wanted.items()
        if not re.fullmatch(pattern, answer.headers.get(header, ""))
    ]
    figures.zero("headers that are missing or loose", missing)
    said = [f"{name}: {header}" for name, answer in found.items() for header in NEVER if header in answer.headers]
    figures.zero("headers that must not be", said)
    kept = {name for name, answer in found.items() if "no-store" not in answer.headers.get("Cache-Control", "")}
    figures.zero("answers that may be kept and must not", sorted(kept - MAY_BE_KEPT))
    figures.zero(
        "answers without a kind, or text without its letters", list(filter(None, map(_untyped, found.items())))
    )
    figures.zero("answers that name our programs", [name for name, answer in found.items() if _names_programs(answer)])
    forgotten = found["signed out"].headers.get("Clear-Site-Data", "")
    figures.hold("signed out: what the browser forgets", forgotten, '"cache", "storage"', '"storage"' in forgotten)
    statuses = {answer.status_code for answer in found.values()}
    figures.hold(
        "statuses seen", sorted(statuses), "200 to 503", {200, 302, 400, 401, 403, 404, 405, 500, 503} <= statuses
    )


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_the_cookies_of_every_kind_of_answer(cast: Cast, figures: Figures, tls: bool) -> None:
    with override_settings(ROOT_URLCONF="tests.demo.urls"):
        found = dict(_answers(cast, tls=tls))
    cookies = [(name, cookie) for name, answer in found.items() for cookie in answer.cookies.values() if cookie.value]
    names = {cookie.key for _, cookie in cookies}
    known = TLS_COOKIES if tls else COOKIES
    figures.hold("cookies set", sorted(names), "these and no other", names == known)
    wanted = {name for name in known if name.endswith(("session", "sessionid", "device"))}
    marked = [name for name in SIGNED_IN if not wanted <= {it.key for it in found[name].cookies.values() if it.value}]
    figures.zero("sign-ins that begin no session or do not remember the device", marked)
    loose = [f"{name}: {cookie.OutputString()[:60]}" for name, cookie in cookies if not _is_tight(cookie, tls=tls)]
    figures.zero("cookies without HttpOnly, SameSite, Path or (TLS) Secure", loose)
    figures.zero("cookies over 4096 bytes", [name for name, it in cookies if len(it.OutputString()) > 4096])
    begun = [it.value for name in SIGNED_IN for it in found[name].cookies.values() if "sess" in it.key]
    sessions = [*cast.cookies.values(), *begun]
    told = [name for name, answer in found.items() if not answer.streaming and _holds_any(answer, sessions)]
    figures.zero("pages with a session in them", told)


def _answers(cast: Cast, *, tls: bool) -> Any:
    if not tls:
        yield from answers(cast)
        return
    with behind_tls():
        yield from answers(cast, secure=True)


def _holds_any(answer: Any, cookies: Iterable[str]) -> bool:
    return any(cookie in answer.content.decode("latin-1") for cookie in cookies)


def _is_tight(cookie: Any, *, tls: bool) -> bool:
    samesite = "Strict" if "csrf" in cookie.key else "Lax"
    same = cookie["httponly"] and cookie["samesite"] == samesite and cookie["path"] == "/" and not cookie["domain"]
    return bool(same and (cookie["secure"] or not tls))


def _untyped(pair: tuple[str, Any]) -> str:
    name, answer = pair
    kind = answer.headers.get("Content-Type", "")
    is_text = kind.startswith(("text/", "application/javascript"))
    if answer.status_code in {204, 302, 304} or (kind and (not is_text or "charset" in kind)):
        return ""
    return f"{name}: {kind}"


def _names_programs(answer: Any) -> bool:
    text = "" if answer.streaming else answer.content.decode("latin-1")
    return bool(re.search(r"Django/\d|gunicorn|Traceback|WSGIRequest|Python/\d", text + str(answer.headers)))
