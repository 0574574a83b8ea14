"""What people take along: all of theirs, none of others', exact, and nothing a spreadsheet would run."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.builders import PASSWORD, make_user, signed_in, usdc, wallet_of
from tests.control import Control
from tests.privacy.people import DOCUMENT, NICKNAME, empty, make_known, make_sender, pay
from tests.second_factors import code_of, token_on
from tests.transfers.steps import OUTSIDE, confirmed
from walletapp.accounts.models import User
from walletapp.audit import trail
from walletapp.audit.models import AuditEvent
from walletapp.notifications.delivery import make_message
from walletapp.notifications.models import Notice
from walletapp.privacy import periods, statements
from walletapp.privacy.exporting import everything
from walletapp.privacy.statement_pdf import statement_pdf
from walletapp.transfers.models import Transfer
from walletapp.wallet import ledger
from walletapp.wallet.models import LedgerAccount, Movement, Wallet
from walletapp.web import sheets

pytestmark = pytest.mark.django_db

AVAILABLE, HELD = LedgerAccount.Kind.AVAILABLE, LedgerAccount.Kind.HELD


@pytest.fixture
def bob(sandbox: Control) -> User:
    """Received 100 from outside, sent 25 away, has 10 on hold."""
    user = make_sender(sandbox)
    pay(sandbox, user, OUTSIDE, "25")
    confirmed(user, to=OUTSIDE, amount=usdc("10"))
    return user


@pytest.fixture(autouse=True)
def _without_a_proof(settings: Any) -> None:
    """What is in the files. That they want a proof has a test of its own."""
    settings.STEP_UP = {**settings.STEP_UP, "data_export": False}


def ask(client: Client, what: str, **more: str) -> Any:
    return client.post("/your-data/", {"what": what, "month": "", **more})


def take(client: Client, what: str, **more: str) -> Any:
    """Ask for a file, and let the page that says it was downloaded start that."""
    asked = ask(client, what, **more)
    if asked.status_code != 302:
        return asked
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', client.get(asked["Location"]).content.decode())
    assert found
    return client.get(found[1])


def content(answer: Any) -> str:
    raw = b"".join(answer.streaming_content)
    return raw.decode("latin-1" if raw.startswith(b"%PDF") else "utf-8")


def drawn(pdf: str) -> str:
    """The words on the paper, in the order they were drawn."""
    return " ".join(re.findall(r"\((.*?)(?<!\\)\) Tj", pdf)).replace("\\", "")


# ----- who and how -----


def test_the_page_offers_three_files_and_gives_each_under_a_name_of_ours(bob: User) -> None:
    client = signed_in(bob)
    assert "Download the file" in client.get("/your-data/").content.decode()
    names = {
        "everything": ("application/json", "your-data.json"),
        "movements": ("text/csv; charset=utf-8", "movements-all.csv"),
        "statement": ("application/pdf", "statement-all.pdf"),
    }
    for what, (kind, name) in names.items():
        answer = take(client, what)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind), what
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in answer["Cache-Control"]
        assert content(answer)
    events = AuditEvent.objects.filter(action="data.exported", actor=bob)
    assert [event.detail["what"] for event in events.order_by("seq")] == list(names)
    notice = Notice.objects.get(user=bob, kind="data_exported")
    assert "change your password now" in make_message(notice).body


def test_a_file_wants_a_proof_for_this_very_file_once(bob: User, settings: Any) -> None:
    settings.STEP_UP = {**settings.STEP_UP, "data_export": True}
    client = signed_in(bob)
    asked = take(client, "everything")
    assert "Download your data" in asked.content.decode()
    assert bob.email not in asked.content.decode().split("<main")[1]
    token = token_on(asked.content)
    wrong = take(client, "everything", token=token, code="000000")
    assert wrong.status_code == 422
    assert "Nothing was downloaded." in wrong.content.decode()
    assert take(client, "everything", password=PASSWORD).status_code == 200
    assert take(client, "movements", token=token, code=code_of(bob)).status_code == 422
    assert not AuditEvent.objects.filter(action="data.exported").exists()
    assert take(client, "everything", token=token, code=code_of(bob))["Content-Type"] == "application/json"
    assert take(client, "everything", token=token, code=code_of(bob)).status_code == 422
    assert AuditEvent.objects.filter(action="data.exported").count() == 1


def test_afterwards_a_page_says_it_was_downloaded_and_starts_that_once(bob: User) -> None:
    client = signed_in(bob)
    assert client.get("/your-data/done/")["Location"] == "/your-data/"
    assert ask(client, "movements")["Location"] == "/your-data/done/"
    first, again = client.get("/your-data/done/").content.decode(), client.get("/your-data/done/").content.decode()
    for page in (first, again):
        assert "Your file was downloaded" in page
        assert "Your movements for a spreadsheet (CSV)" in page
        assert 'name="code"' not in page
    assert 'http-equiv="refresh"' in first
    assert 'http-equiv="refresh"' not in again


def test_a_proved_file_is_there_for_a_minute_for_this_session_alone(bob: User) -> None:
    client, other = signed_in(bob), signed_in(bob)
    ask(client, "movements")
    assert client.get("/your-data/file/")["Content-Disposition"] == 'attachment; filename="movements-all.csv"'
    assert other.get("/your-data/file/")["Location"] == "/your-data/"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert client.get("/your-data/file/")["Location"] == "/your-data/"
        assert "ask for it again" in client.get("/your-data/").content.decode()
        assert client.get("/your-data/done/")["Location"] == "/your-data/"
    assert AuditEvent.objects.filter(action="data.exported").count() == 1


@pytest.mark.parametrize("form", [{"what": "nothing"}, {"what": ""}, {"what": "statement", "month": "../../etc"}])
def test_what_is_not_offered_is_not_given(bob: User, form: dict[str, str]) -> None:
    assert signed_in(bob).post("/your-data/", form).status_code == 422


def test_somebody_without_a_wallet_has_data_but_no_statement() -> None:
    client = signed_in(make_user("charlie"))
    assert json.loads(content(take(client, "everything")))["wallet.Wallet"] == []
    answer = take(client, "statement")
    assert answer.status_code == 422
    assert "no wallet yet" in answer.content.decode()


# ----- everything -----


def test_everything_we_hold_is_in_the_file_opened(sandbox: Control) -> None:
    zoraida, bob = make_known(sandbox), make_sender(sandbox)
    pay(sandbox, bob, zoraida.email, "5")
    found = json.loads(content(take(signed_in(zoraida), "everything")))
    assert found["person"] == str(zoraida.public_id)
    assert found["accounts.User"][0]["email"] == zoraida.email
    assert found["accounts.Onboarding"][0]["answers"]["document"]["number"] == DOCUMENT
    assert found["banking.ExternalAccount"][0]["nickname"] == NICKNAME
    assert found["accounts.Customer"][0]["first_name"] == "Zoraida"
    assert len(found["accounts.Endorsement"]) == 3


def test_secrets_and_notes_of_ours_are_not_in_the_file(sandbox: Control) -> None:
    zoraida = make_known(sandbox)
    Wallet.objects.filter(user=zoraida).update(frozen_reason="A note among ourselves")
    text = content(take(signed_in(zoraida), "everything"))
    zoraida.refresh_from_db()
    for secret in (zoraida.password, "A note among ourselves", "lease_token", "wrapped"):
        assert secret not in text


def test_nothing_of_anybody_else_is_in_the_file(bob: User, sandbox: Control) -> None:
    make_known(sandbox)
    text = content(take(signed_in(bob), "everything"))
    assert bob.email in text
    for canary in ("zoraida", "Quillfeather", NICKNAME, DOCUMENT):
        assert canary not in text


def test_what_somebody_of_the_staff_wrote_about_customers_is_not_in_their_own_file() -> None:
    clerk = make_user("clerk", is_staff=True)
    with transaction.atomic():
        trail.record(clerk, "break.closed", reason="Zoraida called about her rent")
    text = "".join(everything(clerk))
    assert "break.closed" in text
    assert "Zoraida" not in text


# ----- the sheet -----


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_no_cell_is_taken_for_a_formula(evil: str) -> None:
    assert next(csv.reader(io.StringIO("".join(sheets.lines([[evil]])), newline="")))[0] == f"'{evil}"


def test_the_sheet_has_every_movement_with_exact_amounts(bob: User) -> None:
    Movement.objects.filter(wallet__user=bob, kind="deposit").update(other_party='=cmd|"/c calc"!A1')
    rows = list(csv.DictReader(io.StringIO(content(take(signed_in(bob), "movements")))))
    assert [(row["what"], row["state"], row["money in"], row["money out"]) for row in rows] == [
        ("Received from outside", "Done", "100.000000", ""),
        ("Sent", "Done", "", "25.000000"),
        ("Sent", "In progress", "", "10.000000"),
    ]
    assert rows[0]["other party"].startswith("'=cmd")
    assert rows[1]["reference on Polygon"].startswith("0x")
    fees = [Transfer.objects.get(pk=row["id"]).fee.wire() for row in rows[1:]]
    assert [row["fee, within money out"] for row in rows] == ["", *fees]
    assert list(rows[0])[-1] == "fee, within money out", "what reads the sheet by its columns still can"


# ----- statements -----


def test_a_statement_says_what_the_ledger_says(bob: User) -> None:
    wallet = wallet_of(bob)
    statement = statements.statement_of(wallet, periods.all_time())
    assert (statement.opening, statement.closing) == (usdc("0"), usdc("75"))
    assert statement.closing.minor == ledger.entry_sum(wallet, AVAILABLE) + ledger.entry_sum(wallet, HELD)
    assert statement.closing == wallet.available + wallet.held
    assert [(line.what, line.amount) for line in statement.lines] == [
        ("Received from outside", usdc("100")),
        ("Sent", -usdc("25")),
    ]
    assert statement.lines[-1].balance == statement.closing
    assert statement.opening + statement.money_in - statement.money_out == statement.closing


def test_one_statement_begins_where_the_one_before_ends(bob: User) -> None:
    now = timezone.now()
    last = periods.month(f"{now:%Y-%m}")
    assert last is not None
    earlier = periods.Period(last.start - timedelta(days=31), last.start, "before", "Before")
    later = periods.Period(last.end, last.end + timedelta(days=31), "after", "After")
    wallet = wallet_of(bob)
    three = [statements.statement_of(wallet, period) for period in (earlier, last, later)]
    assert [one.opening for one in three[1:]] == [one.closing for one in three[:-1]]
    assert [len(one.lines) for one in three] == [0, 2, 0]


def test_a_statement_that_would_not_add_up_is_not_handed_out(bob: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(statements, "_lines", lambda *_: iter(()))
    with pytest.raises(AssertionError, match="does not add up"):
        statements.statement_of(wallet_of(bob), periods.all_time())


def test_the_paper_has_the_figures_of_the_statement(bob: User) -> None:
    month = f"{timezone.now():%Y-%m}"
    answer = take(signed_in(bob), "statement", month=month)
    assert answer["Content-Disposition"] == f'attachment; filename="statement-{month}.pdf"'
    pdf = content(answer)
    assert pdf.startswith("%PDF-")
    words = drawn(pdf)
    for figure in ("0.00 USDC", "+100.00 USDC", "-25.00 USDC", "75.00 USDC", f"{timezone.now():%B %Y}"):
        assert figure in words, figure


def test_on_paper_an_address_is_whole_every_letter_of_a_table_the_same_size_and_fees_are_shown(bob: User) -> None:
    Movement.objects.filter(wallet__user=bob).update(other_party=OUTSIDE)
    statement = statements.statement_of(wallet_of(bob), periods.all_time())
    fee = Transfer.objects.get(user=bob, state="completed", kind="send").fee
    assert (fee.minor > 0, statement.fees) == (True, fee)
    pdf = statement_pdf(statement, name="Bob", address="").decode("latin-1")
    assert drawn(pdf).count(OUTSIDE) == 2
    assert f"of that, fees {fee}" in drawn(pdf)
    table = pdf.partition("(Date \\(UTC\\))")[2].rpartition(str(statement.closing))[0]
    assert set(re.findall(r"/F1 ([\d.]+) ", table)) == {"7"}


def test_a_name_with_other_letters_or_markup_does_not_break_the_paper(bob: User) -> None:
    Movement.objects.filter(wallet__user=bob).update(other_party="<b>Łukasz & Nguyễn</b> \u202e 東京")
    statement = statements.statement_of(wallet_of(bob), periods.all_time())
    paper = statement_pdf(statement, name="José Nguyễn <i>", address=OUTSIDE).decode("latin-1")
    assert "<b>?ukasz&Nguyen</b>" in drawn(paper).replace(" ", ""), "letters, not markup"


def test_months_are_whole_and_only_those_that_were() -> None:
    assert periods.month("2026-12") == periods.Period(
        datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), "2026-12", "December 2026"
    )
    assert [periods.month(text) for text in ("", "2026-13", "0000-01", "x", "2026-1-1")] == [None] * 5
    assert [one.name for one in periods.months_since(timezone.now())] == [f"{timezone.now():%Y-%m}"]


def test_an_emptied_wallet_states_zero(bob: User, sandbox: Control) -> None:
    empty(sandbox, bob, OUTSIDE)
    statement = statements.statement_of(wallet_of(bob), periods.all_time())
    assert statement.closing == wallet_of(bob).available + wallet_of(bob).held
