"""docs/security.md: every test named there exists, every number of ASVS has its place, every limit is the code's."""

import re
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from allauth.account import app_settings
from django.conf import settings

from tests.house import source
from walletapp.accounts import code_tries, proofs, recovering
from walletapp.audit import noting, reasons
from walletapp.banking import accounts
from walletapp.oms import signatures, webhooks
from walletapp.payees import book, recipients
from walletapp.privacy.views import GOOD_FOR
from walletapp.transfers import limits
from walletapp.web import policy_reports

TEXT = (source.ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`([a-z_/0-9]+\.py)::(test_\w+)`", TEXT)))
STATUSES = {"holds", "partly", "operator", "planned", "does not hold"}
ITEMS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
NOT_APPLICABLE = re.findall(r"\d+\.\d+\.\d+", TEXT.partition("## What does not apply")[2])
USDC, CENTS = 1_000_000, 100


def rate(name: str, per: str) -> int:
    """How many, of one of allauth's limits such as 10/m/ip,5/300s/key."""
    parts = [one.split("/") for one in app_settings.RATE_LIMITS[name].split(",")]
    return next(int(many) for many, _, scope in reversed(parts) if scope == per)


def hours(time: timedelta) -> int:
    return time // timedelta(hours=1)


def look_ups(seconds: int) -> int:
    return {pace.seconds: pace.most for pace in recipients.LOOK_UPS}[seconds]


LIMITS: dict[str, Any] = {
    "wrong passwords of one account in five minutes": lambda: rate("login_failed", "key"),
    "sign-ins from one address in a minute": lambda: rate("login", "ip"),
    "sign-ups from one address in a minute": lambda: rate("signup", "ip"),
    "asking for a new password, for one account in a minute": lambda: rate("reset_password", "key"),
    "codes mailed to one address that is not confirmed yet, in a minute": lambda: rate("confirm_email", "key"),
    "proving again who one is, in a minute": lambda: rate("reauthenticate", "user"),
    "tries at one code": lambda: app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS,
    "tries at one code, however many at once": lambda: code_tries.MOST,
    "life of a code, seconds": lambda: settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    "life of a proof before money moves, seconds": lambda: settings.REAUTHENTICATION_SECONDS,
    "how old the sign-in of staff may be, seconds": lambda: settings.STAFF_FRESH_SECONDS,
    "life of a session, seconds": lambda: settings.SESSION_COOKIE_AGE,
    "life of a session that nobody uses, seconds": lambda: settings.SESSION_IDLE_SECONDS,
    "life of a page that asks for a proof, seconds": lambda: settings.STEP_UP_SECONDS,
    "a file is there to be taken after its proof, seconds": lambda: int(GOOD_FOR.total_seconds()),
    "tries at proving one thing": lambda: proofs.TRIES,
    "wrong codes of one person at such pages in an hour": lambda: proofs.WRONG_CODES,
    "one send to somebody known that wants no proof, USDC": lambda: settings.STEP_UP["send_above_minor"] // USDC,
    "such sends in an hour": lambda: settings.STEP_UP["sends_per_hour"],
    "nothing leaves after a recovery code, hours": lambda: settings.HOLD_HOURS["recovery_code"],
    "nothing leaves after a new password by mail, hours": lambda: settings.HOLD_HOURS["password_reset"],
    "nothing leaves after support took factors away, hours": lambda: settings.HOLD_HOURS["factor_reset"],
    "a request to let somebody in waits for the second person, hours": lambda: hours(recovering.DECIDED_WITHIN),
    "life of the link that pauses, days": lambda: settings.FREEZE_LINK_DAYS,
    "different e-mail addresses one person looks up in a minute": lambda: look_ups(60),
    "different e-mail addresses one person looks up in a day": lambda: look_ups(86_400),
    "prices one person asks for in a minute": lambda: settings.QUOTES_A_MINUTE,
    "payees saved in a day": lambda: book.A_DAY,
    "payees in one book": lambda: book.MOST,
    "a new payee waits while only saved ones are paid, hours": lambda: settings.NEW_PAYEE_HOURS,
    "switching that off waits, hours": lambda: settings.ONLY_SAVED_OFF_HOURS,
    "a higher limit of one's own waits, hours": lambda: settings.RAISE_LIMIT_HOURS,
    "a new bank account waits before large amounts, hours": lambda: settings.NEW_BANK_ACCOUNT_HOURS,
    "letters of a reason staff write, at least": lambda: reasons.SHORTEST_REASON,
    "failed deliveries from one address in a minute": lambda: webhooks.FAILURES_A_MINUTE,
    "size of a delivery, bytes": lambda: webhooks.MAX_BODY,
    "age of a delivery, seconds": lambda: signatures.TOLERANCE_SECONDS,
    "policy reports that are logged in a minute": lambda: policy_reports.LOGGED_A_MINUTE,
    "notes of one kind in the trail in an hour": lambda: noting.HOURLY_OF_A_KIND,
    "notes of one kind by one person in an hour": lambda: noting.HOURLY_OF_ONE,
    "one send, USDC": lambda: limits.SEND_MOST // USDC,
    "sends of a day, USDC": lambda: limits.SEND_WINDOWS[0].most // USDC,
    "cash of a day, USD": lambda: limits.CASH_WINDOWS[0].most // CENTS,
    "bank accounts on one list": lambda: accounts.MOST,
}


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (source.ROOT / "tests" / file).read_text(), re.MULTILINE)


def test_every_fault_of_the_catalogue_has_its_row() -> None:
    numbers = re.findall(r"^\| (\d\d) \|.*\|$", TEXT.partition("## Faults")[2], re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(62, 81))


def test_every_sweep_is_there() -> None:
    files = re.findall(r"`(tests/security/\w+\.py)` \|$", TEXT, re.MULTILINE)
    assert len(files) == 11
    assert [file for file in files if not (source.ROOT / file).exists()] == []


def test_every_item_of_the_standard_has_one_place() -> None:
    mine = [number for number, *_ in ITEMS]
    assert (len(mine), len(NOT_APPLICABLE)) == (187, 66)
    assert len(set(mine) | set(NOT_APPLICABLE)) == 253


def test_every_item_says_how_it_stands_and_why() -> None:
    assert [number for number, _, status, _ in ITEMS if status not in STATUSES] == []
    assert [number for number, _, _, proof in ITEMS if len(proof.strip()) < 5] == []


def test_the_limits_are_those_of_the_code() -> None:
    table = dict(re.findall(r"^\| (.+?) \| (\d+) \|", TEXT.partition("## Limits")[2], re.MULTILINE))
    assert {name: int(figure) for name, figure in table.items()} == {name: of() for name, of in LIMITS.items()}


def test_the_repository_holds_no_secret() -> None:
    """Keys, tokens and private keys as they look, in every file that is under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=source.ROOT, capture_output=True, check=True).stdout
    keys = (rb"-----BEGIN [A-Z ]*PRIVATE KEY-----", rb"\bAKIA[0-9A-Z]{16}\b", rb"\bghp_\w{36}\b")
    looks = re.compile(b"|".join((*keys, rb"\bsk_live_[A-Za-z0-9]{20,}", rb"xox[bp]-\w{20,}")))
    found = []
    for name in listed.decode().split("\0"):
        path = source.ROOT / name
        if name and path.is_file() and path != source.ROOT / "tests/house/test_security_document.py":
            found += [name] if looks.search(path.read_bytes()) else []
    assert found == []
