"""Interest in bank transfers: kept once per person and only with consent, changed, taken back, exported."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from waffle import get_waffle_switch_model

from tests.banking.people import let_in
from tests.builders import just_proved, make_user
from walletapp import features
from walletapp.accounts.models import Flag, User
from walletapp.audit.models import AuditEvent
from walletapp.banking import interest
from walletapp.banking.models import InterestEntry
from walletapp.banking.tasks import tell_whose_access_opened
from walletapp.notifications.models import Notice
from walletapp.privacy.models import StaffVisit

pytestmark = pytest.mark.django_db

ANSWERS = {"use_case": "pay_in", "monthly_volume": "to_2000", "state": "TX"}


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def browser(user: User) -> Client:
    return just_proved(user)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))


# ----- the journey: once, twice, refused -----


def test_an_entry_is_kept_with_the_consent_and_the_answers(alice: User) -> None:
    entry = interest.register(alice, **ANSWERS, consents=True)
    assert (entry.user, entry.use_case, entry.monthly_volume, entry.state) == (alice, "pay_in", "to_2000", "TX")
    assert entry.consented_at is not None
    assert actions() == ["interest.registered"]


def test_registering_the_same_twice_is_one_entry_and_one_event(alice: User) -> None:
    first = interest.register(alice, **ANSWERS, consents=True)
    second = interest.register(alice, **ANSWERS, consents=True)
    assert (second.pk, second.updated_at) == (first.pk, first.updated_at)
    assert actions() == ["interest.registered"]


def test_without_consent_nothing_is_kept(alice: User) -> None:
    with pytest.raises(interest.NoConsent):
        interest.register(alice, **ANSWERS, consents=False)
    assert not InterestEntry.objects.exists()
    assert actions() == []


def test_an_entry_can_be_changed_and_keeps_its_place(alice: User) -> None:
    first = interest.register(alice, **ANSWERS, consents=True)
    second = interest.register(alice, **{**ANSWERS, "state": "CA"}, consents=True)
    assert (second.pk, second.state, second.created_at) == (first.pk, "CA", first.created_at)
    assert second.consented_at == first.consented_at
    assert actions() == ["interest.registered", "interest.changed"]


def test_taking_it_back_once_and_twice(alice: User) -> None:
    interest.register(alice, **ANSWERS, consents=True)
    assert interest.withdraw(alice) is True
    assert interest.withdraw(alice) is False
    assert not InterestEntry.objects.standing().exists()
    assert actions() == ["interest.registered", "interest.withdrawn"]


def test_taking_back_what_was_never_given_does_nothing(alice: User) -> None:
    assert interest.withdraw(alice) is False
    assert actions() == []


def test_after_taking_it_back_one_can_come_again_with_a_new_consent(alice: User) -> None:
    first = interest.register(alice, **ANSWERS, consents=True)
    interest.withdraw(alice)
    again = interest.register(alice, **ANSWERS, consents=True)
    assert again.is_standing
    assert again.consented_at > first.consented_at


# ----- the page -----


def test_the_page_saves_shows_and_takes_back(alice: User) -> None:
    client = browser(alice)
    assert "Put me on the list" in client.get("/bank-transfers/").content.decode()

    answer = client.post("/bank-transfers/", {**ANSWERS, "consents": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/bank-transfers/")
    page = client.get("/bank-transfers/").content.decode()
    assert "You are on the list" in page
    assert "Texas" in page
    assert "Change what you said" in page

    client.post("/bank-transfers/withdraw/")
    assert "You are on the list" not in client.get("/bank-transfers/").content.decode()


def test_a_form_without_consent_says_why_and_keeps_what_was_typed(alice: User) -> None:
    page = browser(alice).post("/bank-transfers/", ANSWERS).content.decode()
    assert "Tick that we may write to you" in page
    assert '<option value="TX" selected>' in page
    assert not InterestEntry.objects.exists()


def test_answers_that_are_none_are_refused(alice: User) -> None:
    browser(alice).post("/bank-transfers/", {**ANSWERS, "state": "ZZ", "consents": "on"})
    assert not InterestEntry.objects.exists()


def test_charlie_sees_nothing_of_alices(alice: User) -> None:
    interest.register(alice, **ANSWERS, consents=True)
    page = browser(make_user("charlie")).get("/bank-transfers/").content.decode()
    assert "You are on the list" not in page
    assert 'value="TX" selected' not in page


def test_taking_back_wants_a_post(alice: User) -> None:
    interest.register(alice, **ANSWERS, consents=True)
    assert browser(alice).get("/bank-transfers/withdraw/").status_code == 405
    assert InterestEntry.objects.standing().count() == 1


# ----- the flag -----


def test_the_flag_is_there_and_off_for_everybody_from_the_start(alice: User) -> None:
    flag = Flag.objects.get(name=features.BANK_FUNDING)
    root = make_user("root", is_superuser=True, is_staff=True)
    assert flag.note == features.FLAGS[features.BANK_FUNDING]
    assert not features.is_on(features.BANK_FUNDING, alice)
    assert not features.is_on(features.BANK_FUNDING, root)


def test_a_flag_switched_in_the_admin_changes_the_next_page(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    root = make_user("root", is_superuser=True, is_staff=True)
    flag = Flag.objects.get(name=features.BANK_FUNDING)
    client = browser(alice)

    def switch(everyone: str) -> str:
        form = {"everyone": everyone, "note": flag.note, "percent": "", "words": "Early access for this test"}
        with django_capture_on_commit_callbacks(execute=True):
            answer = browser(root).post(f"/admin/accounts/flag/{flag.pk}/change/", form)
        assert answer.status_code == 302, answer.content.decode()
        return client.get("/bank-transfers/").content.decode()

    assert "Early access is open for you" not in client.get("/bank-transfers/").content.decode()
    assert "Early access is open for you" in switch("true")
    assert "Early access is open for you" not in switch("false")


def test_whoever_has_access_reads_what_is_open_and_what_is_not(alice: User) -> None:
    let_in(alice, features.BANK_PAYOUTS_ACH)
    page = browser(alice).get("/bank-transfers/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]

    assert "register interest" not in main
    assert ">Your bank transfers<" in main
    assert 'href="/withdraw/"' in main
    assert 'href="/bank-transfers/accounts/"' in main
    assert 'href="/bank-transfers/add-money/"' not in main
    waits = main[main.index("Not open for you yet") :]
    assert "Adding money by bank transfer" in waits
    assert "Withdrawing to a bank by wire" in waits
    assert "by ACH<" not in waits
    assert "Register my interest" in waits


def test_with_everything_open_there_is_no_list_to_be_on_but_the_consent_can_be_taken_back(alice: User) -> None:
    interest.register(alice, **ANSWERS, consents=True)
    let_in(alice)
    page = browser(alice).get("/bank-transfers/").content.decode()

    assert 'href="/bank-transfers/add-money/"' in page
    assert "Not open for you yet" not in page
    assert "Change what you said" not in page
    assert "Take me off the list" in page


def test_what_is_stopped_for_everybody_says_so_to_whoever_has_it(alice: User) -> None:
    let_in(alice, features.BANK_FUNDING)
    get_waffle_switch_model().objects.update_or_create(name=features.READ_ONLY, defaults={"active": True})
    page = browser(alice).get("/bank-transfers/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]

    assert "Adding money by bank transfer" in main
    assert "Stopped for now" in main
    assert 'href="/bank-transfers/add-money/"' not in main


# ----- the admin -----


def test_whoever_asked_is_written_to_once_when_it_opens_for_everyone(alice: User) -> None:
    bob, charlie = make_user("bob"), make_user("charlie")
    for user in (alice, bob):
        interest.register(user, **ANSWERS, consents=True)
    interest.withdraw(bob)
    tell_whose_access_opened()
    assert not Notice.objects.exists(), "nothing is open"
    flag = Flag.objects.get(name=features.BANK_PAYOUTS_ACH)
    flag.everyone = True
    flag.save()
    interest.register(charlie, **ANSWERS, consents=True)
    for _ in range(2):
        tell_whose_access_opened()
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.context["what"]) == (alice, "bank_access", "Withdrawing to a bank by ACH")
    assert InterestEntry.objects.get(user=alice).opened_at is not None
    assert InterestEntry.objects.get(user=charlie).opened_at is None, "it was open before they asked"


def test_staff_export_the_list_as_csv_and_it_is_audited(alice: User) -> None:
    interest.register(alice, **ANSWERS, consents=True)
    sneaky = User.objects.create_user("=cmd@example.com", "a long walk by the sea")
    interest.register(sneaky, **ANSWERS, consents=True)
    root = make_user("root", is_superuser=True, is_staff=True)
    chosen = [str(pk) for pk in InterestEntry.objects.values_list("pk", flat=True)]

    form = {"action": "export_csv", "_selected_action": chosen, "words": "A letter of the bank to all of them"}
    answer = browser(root).post("/admin/banking/interestentry/", form)
    rows = list(csv.reader(io.StringIO(answer.content.decode())))

    assert answer["Content-Type"].startswith("text/csv")
    assert [row[0] for row in rows] == ["e-mail", alice.email, "'=cmd@example.com"]
    assert rows[1][1:4] == ["Move money from my bank account into my wallet", "$500 to $2,000", "TX"]
    event = AuditEvent.objects.get(action="interest.exported")
    assert (event.detail, event.reason) == ({"rows": 2}, "A letter of the bank to all of them")


def test_each_person_in_an_export_sees_that_somebody_took_it(alice: User) -> None:
    bob, root = make_user("bob"), make_user("root", is_superuser=True, is_staff=True)
    entries = [interest.register(user, **ANSWERS, consents=True) for user in (alice, bob, root)]
    staff = browser(root)
    staff.get(f"/admin/banking/interestentry/{entries[0].pk}/change/")
    form = {
        "action": "export_csv",
        "_selected_action": [str(entry.pk) for entry in entries],
        "words": "For the bank, once",
    }
    for _ in range(2):
        assert staff.post("/admin/banking/interestentry/", form)["Content-Type"].startswith("text/csv")
    assert sorted(StaffVisit.objects.values_list("user", flat=True)) == sorted([alice.pk, bob.pk])
    page = browser(bob).get("/your-data/visits/").content.decode()
    assert "What you said about bank transfers" in page
    assert "Administrator" in page


@pytest.mark.parametrize("words", ["", "for the bank"])
def test_without_a_reason_nothing_is_exported(alice: User, words: str) -> None:
    entry = interest.register(alice, **ANSWERS, consents=True)
    root = browser(make_user("root", is_superuser=True, is_staff=True))
    form = {"action": "export_csv", "_selected_action": [str(entry.pk)], "words": words}
    answer = root.post("/admin/banking/interestentry/", form, follow=True)
    assert "Write why in at least 15 characters. Nothing was done." in answer.content.decode()
    assert alice.email not in str(answer.headers)
    assert not answer["Content-Type"].startswith("text/csv")
    assert not AuditEvent.objects.filter(action="interest.exported").exists()
    assert not StaffVisit.objects.exists()


def test_staff_cannot_change_what_somebody_said(alice: User) -> None:
    entry = interest.register(alice, **ANSWERS, consents=True)
    root = browser(make_user("root", is_superuser=True, is_staff=True))
    answer = root.post(f"/admin/banking/interestentry/{entry.pk}/change/", {"state": "CA"})
    assert answer.status_code == 403
    assert root.get("/admin/banking/interestentry/add/").status_code == 403
    assert root.post(f"/admin/banking/interestentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    entry.refresh_from_db()
    assert entry.state == "TX"
