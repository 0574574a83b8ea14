"""Each guard of the wallet by name, how it is taken away in a test's own process, and the tests that must notice.

To add a guard, add a line. `mutating.py` runs only the named tests, with the guard and without it; the product has no
switch for any of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from tests.oms.deliveries import SECRET
from walletapp import sealed
from walletapp.audit.admin import ReadOnlyAdmin
from walletapp.oms.endpoints import Secret

Patch = pytest.MonkeyPatch
Off = Callable[[Patch], None]


@dataclass(frozen=True)
class Guard:
    """One guard. `tests` lie below tests/."""

    name: str
    off: Off
    tests: tuple[str, ...]


# ----- how a guard is taken away -----


def answers(target: str, value: Any = None) -> Off:
    """The function says `value`, whatever it is asked."""
    return lambda patch: patch.setattr(f"walletapp.{target}", lambda *args, **kwargs: value)


def becomes(target: str, value: Any) -> Off:
    return lambda patch: patch.setattr(f"walletapp.{target}", value)


def setting(name: str, value: Any) -> Off:
    return lambda patch: patch.setattr(settings, name, value, raising=False)


def without(middleware: str) -> Off:
    kept = [name for name in settings.MIDDLEWARE if not name.endswith(f".{middleware}")]
    assert len(kept) == len(settings.MIDDLEWARE) - 1, middleware
    return setting("MIDDLEWARE", kept)


class Boundless(int):
    """A limit that nothing is over."""

    def __lt__(self, other: object) -> bool:
        return False


class Anything(str):
    """A text that every text is equal to."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


class OneDigest:
    """Whatever it is of."""

    @classmethod
    def sha256(cls, data: bytes) -> "OneDigest":
        return cls()

    def hexdigest(self) -> str:
        return "x" * 64


class Unbound:
    """Seals without saying where."""

    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, place: bytes) -> bytes:
        return self.cipher.encrypt(nonce, data, b"")

    def decrypt(self, nonce: bytes, data: bytes, place: bytes) -> bytes:
        return self.cipher.decrypt(nonce, data, b"")


def _anybodys_transfer(request: Any, transfer_id: Any) -> Any:
    from walletapp.transfers.models import Transfer

    return Transfer.objects.select_related("wallet", "user__customer", "to_wallet__user", "quote").get(pk=transfer_id)


def _anybody_may_be_paid(user: Any, text: str) -> Any:
    from walletapp.payees import recipients

    return recipients._by_email(user, text.strip()) if "@" in text else recipients._by_address(text.strip())


def _all_flags(user: Any, flags: dict[str, Any]) -> set[str]:
    return set(flags)


def _everybody_hands_out_rights(page: Any, request: Any, obj: Any = None) -> tuple[str, ...]:
    return ("email", "public_id", "date_joined", "last_login", "to_customer", "to_onboarding", "pages")


def _admin_that_writes(patch: Patch) -> None:
    for verb in ("add", "change", "delete"):
        patch.setattr(ReadOnlyAdmin, f"has_{verb}_permission", lambda *args, **kwargs: True)


def _redirects_followed(patch: Patch) -> None:
    """Both of them: the session follows nothing, and each call asks it not to."""
    from requests import Session

    from walletapp.oms.transport import _Session

    follow = Session.request
    patch.setattr(Session, "request", lambda *args, **more: follow(*args, **{**more, "allow_redirects": True}))
    patch.setattr(_Session, "get_redirect_target", Session.get_redirect_target)
    patch.setattr(_Session, "get_adapter", lambda self, url: next(iter(self.adapters.values())))


def _of_no_page(user: Any, intent: Any, nonce: bytes) -> list[str]:
    return ["", "", intent.subject, "", nonce.hex()]


def _by_the_master_key(user_id: int, clear: bytes, place: str) -> bytes:
    return sealed.seal(clear, place)


def _used_again(proof: Any) -> bool:
    return bool(proof.exists())


def _now(rule: Any) -> Any:
    return timezone.now()


_NO_FACTORS = SimpleNamespace(has_factor=lambda user: False)
_SWITCHED_OFF_USER = "django.contrib.auth.backends.ModelBackend.user_can_authenticate"
_VIEW, _DOOR, _WEB = "oms/test_webhook_view.py::", "staff/test_door.py::", "web/test_middleware.py::"
_PAGES, _REPORTS, _SIGNED = "transfers/test_pages.py::", "web/test_policy_reports.py::", "oms/test_signatures.py::"
_STAFF, _ACCOUNTS, _SEND = "staff/test_admin_pages.py::", "banking/test_accounts.py::", "transfers/test_sending.py::"
_STEP_UP, _OWN, _SCREENING = (
    "transfers/test_step_up.py::",
    "transfers/test_own_limits.py::",
    "transfers/test_screening.py::",
)
_TRAIL = "transfers/test_trail.py::"
_FACTORS, _PAUSING, _SESSIONS = (
    "accounts/test_factors.py::",
    "accounts/test_pausing.py::",
    "accounts/test_session_limits.py::",
)
_EXPORT, _REVEALS = "privacy/test_export.py::", "privacy/test_visits_and_reveals.py::"
_CHANGES = "accounts/test_sign_in_changes.py::"
_SAVED, _KEYS = "payees/test_only_saved.py::", "keys/test_customer_keys.py::"
_AFTER_FIVE = f"{_PAGES}test_without_a_second_factor_an_old_sign_in_is_asked_for_the_password"
_TWICE = f"{_WEB}test_a_name_that_stands_twice_in_a_form_is_refused"
_HEADERS = f"{_WEB}test_every_page_says_what_browsers_may_do"
_DOUBTFUL = "oms/test_strict_json.py::test_a_doubtful_document_is_refused"
_FILE = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
_ANYBODY = Secret("anybody", "anybody", SECRET)

# fmt: off
GUARDS = (
    # What programs send
    Guard("a delivery is signed", answers("oms.webhooks._signer", _ANYBODY), (f"{_VIEW}test_a_forged_delivery_is_401_and_leaves_nothing", f"{_VIEW}test_a_missing_header_is_401")),
    Guard("a delivery is young", becomes("oms.signatures.TOLERANCE_SECONDS", Boundless(300)), (f"{_SIGNED}test_an_old_or_early_delivery_is_refused",)),
    Guard("a short secret is none", becomes("oms.signatures.SHORTEST_KEY", 0), (f"{_SIGNED}test_an_empty_secret_is_no_secret", f"{_SIGNED}test_without_the_right_secret_it_is_refused")),
    Guard("a delivery has a size", becomes("oms.webhooks.MAX_BODY", Boundless(256 * 1024)), (f"{_VIEW}test_a_large_body_is_refused_by_its_length_before_it_is_read",)),
    Guard("the webhook's path is secret", answers("oms.webhooks.constant_time_compare", value=True), (f"{_VIEW}test_another_path_is_not_found_and_never_gone",)),
    Guard("failed deliveries are slowed", becomes("oms.webhooks.FAILURES_A_MINUTE", Boundless(60)), (f"{_VIEW}test_failures_from_one_address_are_slowed_and_true_deliveries_are_not",)),
    Guard("a JSON key stands once", becomes("oms.strict_json._pairs", dict), (_DOUBTFUL,)),
    Guard("JSON knows no NaN", becomes("oms.strict_json._refuse_constant", float), (_DOUBTFUL,)),
    Guard("JSON is not deep and its text is text", answers("oms.strict_json._refuse_unfit"), (_DOUBTFUL,)),
    Guard("a redirect of OMS is not followed", _redirects_followed, ("oms/test_transport.py::test_a_redirect_is_not_followed",)),
    Guard("credentials go over TLS only", answers("oms.transport._checked", "http://evil.example"), ("oms/test_transport.py::test_an_unsafe_base_url_is_our_mistake",)),
    Guard("a price adds up", answers("oms.quote_check._check_side"), ("oms/test_quote_check.py::test_a_quote_that_breaks_the_arithmetic_is_refused_and_alerted",)),
    # What browsers send
    Guard("only our own pages send forms", without("OwnPagesOnly"), (f"{_WEB}test_what_another_site_makes_a_browser_send_is_refused",)),
    Guard("a form carries its token", without("CsrfViewMiddleware"), ("web/test_errors.py::test_a_form_without_its_token_is_explained",)),
    Guard("a name stands once in a form", becomes("web.middleware.PlainRequests.process_view", lambda *args: None), (_TWICE, f"{_WEB}test_a_name_that_stands_twice_in_an_address_is_refused")),
    Guard("only known methods", becomes("web.middleware.PlainRequests.METHODS", ("GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO")), (f"{_WEB}test_methods_that_nobody_uses_here_are_refused",)),
    Guard("nothing is uploaded", setting("FILE_UPLOAD_HANDLERS", _FILE), (f"{_WEB}test_a_file_is_refused_wherever_it_is_sent",)),
    Guard("only our hosts", setting("ALLOWED_HOSTS", ["*"]), (f"{_WEB}test_another_host_is_refused",)),
    Guard("after a sign-in nobody is led elsewhere", answers("web.middleware.url_has_allowed_host_and_scheme", value=True), (f"{_WEB}test_the_way_back_after_a_login_is_never_another_site",)),
    Guard("nor from the staff's door", answers("staff.site.url_has_allowed_host_and_scheme", value=True), (f"{_STAFF}test_the_door_never_leads_elsewhere",)),
    # What browsers are told
    Guard("the content policy", without("ContentSecurityPolicyMiddleware"), (f"{_WEB}test_the_policy_allows_no_inline_code_and_no_other_origin", f"{_WEB}test_every_script_of_a_page_carries_the_nonce_of_its_policy")),
    Guard("no page in a frame", without("XFrameOptionsMiddleware"), (_HEADERS,)),
    Guard("what browsers may do", without("SecurityHeaders"), (_HEADERS, f"{_WEB}test_pages_are_not_stored_anywhere")),
    Guard("a report breaks no line of the log", becomes("web.policy_reports._plain", str), (f"{_REPORTS}test_what_a_report_says_cannot_break_a_line_of_the_log",)),
    Guard("reports fill no log", answers("web.policy_reports._is_worth_a_line", value=True), (f"{_REPORTS}test_a_flood_of_reports_fills_no_log",)),
    Guard("a report has a size", becomes("web.policy_reports.MAX_BODY", Boundless(16 * 1024)), (f"{_REPORTS}test_only_reports_of_a_sane_size_are_read",)),
    # Whose it is
    Guard("a transfer is its owner's", becomes("transfers.views._own", _anybodys_transfer), (f"{_PAGES}test_somebody_elses_transfer_does_not_exist",)),
    Guard("a bank account is its owner's", becomes("banking.models.ExternalAccountQuerySet.for_user", lambda rows, user: rows.all()), (f"{_ACCOUNTS}test_another_persons_account_has_no_page",)),
    Guard("only the endorsements open the door", becomes("accounts.models.Customer.may_hold_money", property(lambda customer: True)), ("accounts/test_access.py::test_only_the_endorsements_open_the_door",)),
    Guard("early access is for those who have it", becomes("features._flags_of", _all_flags), ("banking/test_access.py::test_each_flag_opens_its_own_pages_only",)),
    Guard("a person who was switched off is out", lambda patch: patch.setattr(_SWITCHED_OFF_USER, lambda *args: True), ("accounts/test_signing_up.py::test_a_user_who_was_switched_off_is_signed_out_at_the_next_page",)),
    # Whether it may begin
    Guard("kill switches", answers("features.require_open"), ("banking/test_switches.py::test_each_switch_over_sends_refuses_the_form_and_the_confirmation",)),
    Guard("read-only", answers("features.is_read_only", value=False), ("banking/test_switches.py::test_read_only_lets_people_look_and_sign_in_and_nothing_else",)),
    Guard("limits on sends", answers("transfers.limits.require_within_send_limits"), (f"{_PAGES}test_a_limit_is_named_before_the_price",)),
    Guard("nobody pays themselves", becomes("transfers.sending.find_recipient", _anybody_may_be_paid), (f"{_SEND}test_ones_own_wallet_is_refused_by_address_and_by_email",)),
    Guard("contracts and zero cannot be paid", becomes("chain.addresses.TOKEN_CONTRACTS", {}), ("chain/test_addresses.py::test_contracts_and_the_zero_address_cannot_be_paid",)),
    # What you see is what you sign
    Guard("what is confirmed is what was shown", answers("transfers.confirming.review_digest", Anything("x")), (f"{_PAGES}test_another_digest_than_the_stored_one_confirms_nothing",)),
    Guard("the digest covers what is shown", becomes("transfers.confirming.hashlib", OneDigest), ("transfers/test_ambiguity.py::test_whatever_the_page_shows_changes_what_is_confirmed",)),
    Guard("a fresh proof before money moves", answers("transfers.views.stepping_up.prove", "password"), (_AFTER_FIVE,)),
    Guard("what is confirmed is in the trail", answers("transfers.confirming.record"), (f"{_TRAIL}test_a_send_that_asks_for_no_proof_is_in_the_trail_too",)),
    Guard("an authorization is used", answers("transfers.confirming._use_authorization"), (f"{_STEP_UP}test_what_was_never_proved_or_was_used_already_confirms_nothing",)),
    Guard("wrong passwords are counted", setting("ACCOUNT_RATE_LIMITS", value=False), ("accounts/test_reauthentication.py::test_after_too_many_wrong_ones_the_right_one_is_refused_too",)),
    Guard("a password has a length", setting("AUTH_PASSWORD_VALIDATORS", []), ("accounts/test_signing_up.py::test_a_short_password_is_refused",)),
    Guard("sign-up does not tell who has an account", setting("ACCOUNT_PREVENT_ENUMERATION", value=False), ("accounts/test_signing_up.py::test_signing_up_twice_looks_the_same_to_a_stranger",)),
    Guard("a page is confirmed by its own token", becomes("accounts.stepping_up._content", _of_no_page), (f"{_STEP_UP}test_a_new_price_voids_what_was_signed", f"{_EXPORT}test_a_file_wants_a_proof_for_this_very_file_once")),
    Guard("a passkey signs what is shown", answers("accounts.stepping_up._challenge", b"x" * 32), (f"{_STEP_UP}test_what_was_signed_for_one_page_confirms_no_other",)),
    Guard("an intent has five tries", becomes("accounts.stepping_up.TRIES", 10**6), (f"{_STEP_UP}test_after_five_wrong_tries_the_transfer_is_over",)),
    Guard("wrong codes count together", answers("accounts.stepping_up._has_few_wrong", value=True), (f"{_STEP_UP}test_wrong_codes_count_together_whatever_they_are_for",)),
    Guard("what is asked is asked for five minutes", setting("STEP_UP_SECONDS", 10**9), (f"{_STEP_UP}test_a_page_is_good_for_five_minutes",)),
    Guard("with a factor the password confirms nothing", becomes("accounts.stepping_up.factors", _NO_FACTORS), (f"{_STEP_UP}test_with_a_second_factor_the_password_confirms_nothing",)),
    Guard("a file of one's data wants a proof", answers("privacy.views.step_up"), (f"{_EXPORT}test_a_file_wants_a_proof_for_this_very_file_once",)),
    Guard("a payee wants a proof", answers("payees.views.step_up"), ("payees/test_pages.py::test_saving_renaming_and_removing_want_a_fresh_proof",)),
    Guard("a bank account wants a proof", answers("banking.account_views.step_up"), (f"{_ACCOUNTS}test_an_account_is_added_with_a_code_for_exactly_what_was_shown",)),
    Guard("ending a pause wants a proof", answers("accounts.security_views.step_up"), (f"{_PAUSING}test_only_its_owner_ends_a_pause_and_with_a_code_for_exactly_this",)),
    Guard("how one signs in changes by a proof for that change", answers("accounts.sign_in_changes.step_up"), (f"{_CHANGES}test_having_just_signed_in_changes_nothing", f"{_CHANGES}test_a_proof_for_one_address_changes_to_no_other")),
    Guard("a password and a new factor come after a proof", answers("accounts.step_up_page.may_go_on", value=True), (f"{_CHANGES}test_having_just_signed_in_changes_nothing",)),
    Guard("what was proved first is used once", becomes("accounts.stepping_up.use", _used_again), (f"{_CHANGES}test_a_passkey_is_added_after_a_proof_and_each_wants_its_own", f"{_CHANGES}test_of_two_at_once_one_uses_the_proof")),
    Guard("a recovery code gets a factor and nothing else", answers("accounts.stepping_up._takes_recovery", value=True), ("accounts/test_first_and_lost_factors.py::test_a_recovery_code_changes_nothing_else",)),
    # Second factors, holds and sessions
    Guard("money wants a second factor", answers("accounts.access.factors.is_missing", value=False), ("accounts/test_access.py::test_money_wants_a_second_factor_and_leads_to_one",)),
    Guard("a passkey asks who holds it", setting("MFA_WEBAUTHN_USER_VERIFICATION", "discouraged"), (f"{_FACTORS}test_a_passkey_that_did_not_ask_who_holds_it_opens_nothing", f"{_STEP_UP}test_a_passkey_that_did_not_ask_who_holds_it_confirms_nothing")),
    Guard("the last factor stays", answers("accounts.factors.FactorAdapter.can_delete_authenticator", value=True), (f"{_FACTORS}test_the_last_factor_stays_until_there_is_another",)),
    Guard("nothing leaves while it is paused", answers("accounts.pausing.require_not_paused"), (f"{_STEP_UP}test_nothing_is_sent_while_it_is_paused_not_even_what_was_confirmed",)),
    Guard("a reset password keeps the money", answers("accounts.pausing.hold"), (f"{_PAUSING}test_a_reset_password_keeps_the_money_for_a_day_and_still_wants_the_factor",)),
    Guard("the link that pauses grows old", setting("FREEZE_LINK_DAYS", 10**4), (f"{_PAUSING}test_a_link_that_was_changed_is_for_another_purpose_or_too_old_does_nothing",)),
    Guard("a sign-in ends when nobody is there", setting("SESSION_IDLE_SECONDS", 10**9), (f"{_SESSIONS}test_fifteen_minutes_without_a_page_end_it_and_one_comes_back",)),
    Guard("a sign-in ends after half a day", without("SessionLimits"), (f"{_SESSIONS}test_half_a_day_ends_it_whoever_is_there", f"{_SESSIONS}test_a_form_that_comes_too_late_does_nothing")),
    # Whom one pays, and how much
    Guard("nobody searches through our customers", becomes("payees.recipients.LOOK_UPS", ()), ("payees/test_look_ups.py::test_whoever_looks_for_many_people_is_told_to_wait", "payees/test_look_ups.py::test_a_day_has_a_limit_of_its_own")),
    Guard("look-alikes are refused", answers("payees.acquaintances.is_alike", value=False), ("payees/test_acquaintances.py::test_the_imitation_of_an_address_that_was_paid_is_refused_before_a_price", "payees/test_book.py::test_an_address_made_like_a_saved_one_is_not_saved")),
    Guard("only to saved addresses", answers("payees.only_saved.require_allowed"), (f"{_SAVED}test_switched_on_a_send_to_anybody_else_is_refused_at_once",)),
    Guard("a new entry waits", becomes("payees.models.Payee.is_new", property(lambda payee: False)), (f"{_SAVED}test_a_new_entry_waits_to_the_minute",)),
    Guard("switching that off waits", becomes("payees.models.OnlySaved.is_on", property(lambda row: row.ends_at is None)), (f"{_SAVED}test_switching_off_waits_to_the_minute_and_is_told",)),
    Guard("sanctioned addresses are not paid", answers("chain.sanctions.is_listed", value=False), (f"{_SCREENING}test_a_listed_address_gets_no_price_and_is_on_record", f"{_SCREENING}test_a_listed_address_is_not_confirmed")),
    Guard("a list that cannot be read clears nobody", answers("chain.sanctions.listed", frozenset()), ("chain/test_sanctions.py::test_a_damaged_list_clears_nobody", f"{_SCREENING}test_while_the_list_cannot_be_read_nothing_is_priced_or_confirmed")),
    Guard("a first send is asked about exchanges", answers("transfers.exchange_question.require_answer"), ("transfers/test_exchange_question.py::test_a_first_send_outside_is_asked_and_nothing_exists_before_the_answer",)),
    Guard("one's own limits", answers("transfers.limits.own_limit"), (f"{_OWN}test_a_lower_limit_counts_at_once_for_one_send_and_for_the_day",)),
    Guard("a higher limit waits", setting("RAISE_LIMIT_HOURS", 0), (f"{_OWN}test_a_raise_waits_to_the_minute_and_is_told",)),
    # Staff, and what is kept
    Guard("staff come with a passkey", setting("STAFF_PASSKEY_REQUIRED", value=False), (f"{_DOOR}test_a_password_and_an_app_open_nothing_without_a_passkey",)),
    Guard("what is sealed opens by right", answers("privacy.revealing.require_may_reveal"), (f"{_REVEALS}test_without_the_right_nothing_is_shown",)),
    Guard("and for a reason", becomes("audit.reasons.SHORTEST_REASON", 0), (f"{_REVEALS}test_without_a_reason_nothing_is_shown", "banking/test_switches.py::test_without_a_reason_no_switch_is_flipped")),
    Guard("who of the staff looked is written down", answers("privacy.visits.note"), (f"{_REVEALS}test_opening_a_page_about_a_customer_is_written_down_once_an_hour",)),
    Guard("each customer has a key", becomes("sealed.seal_for", _by_the_master_key), (f"{_KEYS}test_what_identifies_a_customer_is_sealed_with_a_key_of_their_own", "privacy/test_erasing.py::test_what_was_sealed_opens_nowhere")),
    Guard("what is old goes", answers("privacy.retention._run", 0), ("privacy/test_retention.py::test_each_rule_waits_for_its_time_and_then_acts_once",)),
    Guard("what the law has us keep stays", becomes("privacy.retention._cutoff", _now), ("privacy/test_retention.py::test_each_rule_waits_for_its_time_and_then_acts_once",)),
    Guard("the staff's door", without("StaffDoor"), (f"{_DOOR}test_a_session_without_any_proof_opens_nothing", f"{_DOOR}test_with_a_host_of_their_own_they_exist_nowhere_else")),
    Guard("the admin only reads", _admin_that_writes, (f"{_STAFF}test_money_cannot_be_added_changed_or_deleted_even_by_a_superuser",)),
    Guard("letting somebody in takes two", answers("accounts.recovering.require_may_decide"), ("accounts/test_recovering.py::test_whoever_asked_does_not_decide", "accounts/test_recovering.py::test_without_the_role_nobody_decides")),
    Guard("only superusers hand out rights", becomes("accounts.admin.UserAdmin.get_readonly_fields", _everybody_hands_out_rights), ("accounts/test_staff_pages.py::test_only_superusers_hand_out_rights",)),
    Guard("an export holds no formula", becomes("web.sheets.cell", str), ("banking/test_interest.py::test_staff_export_the_list_as_csv_and_it_is_audited",)),
    Guard("what is sealed is bound to its place", becomes("sealed.AESGCM", Unbound), ("ground/test_sealed.py::test_a_value_moved_to_another_place_does_not_open",)),
    Guard("the trail is keyed", answers("audit.trail.constant_time_compare", value=True), ("audit/test_trail.py::test_a_changed_event_is_found",)),
    Guard("strangers cannot fill the trail", answers("audit.noting._has_room", value=True), ("audit/test_noting.py::test_beyond_the_limit_only_a_count_goes_on_and_the_next_note_carries_it",)),
)
# fmt: on
