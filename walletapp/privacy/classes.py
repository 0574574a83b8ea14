"""What each column of each table holds, as regards people: one table, which everything else about privacy reads.

P0  says nothing of a person         P1  who they are to us: e-mail, name, what they told us
P2  their money and where it goes    P3  what identifies them to others, and secrets: sealed, hashed or wrapped

`owner` is the way from a row to its customer. `inside` stays with us when people download their data: secrets, and
notes that staff and machines made for themselves. `erased` is blanked when a person's data is erased; the rest is what
the law has us keep, and names nobody. Keys, relations and the columns of a work item are P0 without being listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Field, Model

from walletapp.work import WorkItem


@dataclass(frozen=True)
class Table:
    """The columns of one table by class, separated by blanks."""

    owner: str = ""
    p0: str = ""
    p1: str = ""
    p2: str = ""
    p3: str = ""
    inside: str = ""
    erased: str = ""

    def class_of(self, name: str) -> str:
        """P0 to P3, empty for a column that nobody has decided about."""
        by_class = {"P0": self.p0, "P1": self.p1, "P2": self.p2, "P3": self.p3}
        return next((key for key, names in by_class.items() if name in names.split()), "")


TABLES = {
    "accounts.User": Table(
        owner="pk",
        p0="last_login is_superuser public_id is_staff is_active date_joined",
        p1="email",
        p3="password",
        inside="password is_superuser is_staff",
    ),
    "accounts.Customer": Table(
        owner="user",
        p0="is_active seen_at created_at",
        p1="oms_id first_name last_name",
        erased="first_name last_name",
    ),
    "accounts.Endorsement": Table(
        owner="customer__user", p0="name updated_at", p1="status reasons missing", erased="reasons missing"
    ),
    "accounts.Onboarding": Table(
        owner="user",
        p0="state agreed_at operation generation idempotency_key request_sha256 first_sent_at is_unknown created_at "
        "updated_at",
        p1="problem",
        p3="answers document_hint request_body",
        inside="idempotency_key request_sha256 is_unknown",
        erased="answers document_hint problem",
    ),
    "accounts.Hold": Table(owner="user", p0="cause began_at ends_at lifted_at"),
    "accounts.Recovery": Table(
        owner="user",
        p0="asked_at expires_at proved outcome decided_at",
        p1="words answer",
        inside="words answer",
        erased="words answer",
    ),
    "accounts.Proof": Table(
        owner="user",
        p0="purpose subject number digest method nonce succeeded at used_at",
        inside="subject digest nonce",
    ),
    "accounts.Flag": Table(
        p0="name everyone percent testing superusers staff authenticated languages rollout note created modified"
    ),
    "keys.CustomerKey": Table(owner="user", p0="master created_at destroyed_at", p3="wrapped", inside="wrapped master"),
    "account.EmailAddress": Table(owner="user", p0="verified primary", p1="email"),
    "account.EmailConfirmation": Table(p0="created sent", p3="key"),
    "mfa.Authenticator": Table(owner="user", p0="type created_at last_used_at", p3="data", inside="data"),
    "usersessions.UserSession": Table(
        owner="user", p0="created_at last_seen_at", p1="ip user_agent data", p3="session_key", inside="session_key data"
    ),
    "sessions.Session": Table(p0="expire_date", p3="session_key session_data"),
    "notifications.Notice": Table(
        owner="user",
        p0="kind link dedupe_key created_at sent_at given_up_at last_error",
        p1="context address",
        inside="dedupe_key last_error",
        erased="context address",
    ),
    "audit.AuditEvent": Table(
        owner="actor",
        p0="seq at action object_type object_id prev_hash hash",
        p1="reason detail",
        inside="reason prev_hash hash detail",
    ),
    "audit.AuditHead": Table(p0="seq hash seal"),
    "admin.LogEntry": Table(p0="action_time object_id action_flag", p1="object_repr change_message"),
    "oms.WebhookEndpoint": Table(p0="oms_id url active created_at", p3="secret"),
    "oms.InboundEvent": Table(
        p0="endpoint event_id event_name body_sha256 secret_id received_at kind resource_id look sequence state "
        "applied_at",
        p1="last_error",
        p3="body",
    ),
    "wallet.Wallet": Table(
        owner="user",
        p0="custody state asset chain idem_key status_seen_at remote_seen_at more_at_oms_since created_at",
        p1="oms_id frozen_reason",
        p2="address available_minor held_minor remote_minor",
        inside="idem_key frozen_reason",
    ),
    "wallet.Movement": Table(
        owner="wallet__user",
        p0="kind direction word page created_at finished_at",
        p2="amount_minor other_party",
        inside="page",
        erased="other_party",
    ),
    "wallet.LedgerAccount": Table(owner="wallet__user", p0="kind asset"),
    "wallet.LedgerTransaction": Table(owner="movement__wallet__user", p0="slot kind created_at"),
    "wallet.LedgerEntry": Table(owner="account__wallet__user", p2="amount_minor"),
    "wallet.ReconciliationRun": Table(p0="started_at finished_at covers_since compared differences error"),
    "wallet.Break": Table(
        owner="wallet__user",
        p0="kind key opened_at seen_at closed_at",
        p2="detail how_closed",
        inside="kind key detail how_closed opened_at seen_at closed_at",
        erased="detail how_closed",
    ),
    "banking.InterestEntry": Table(
        owner="user",
        p0="consented_at created_at updated_at withdrawn_at opened_at",
        p1="use_case monthly_volume state",
    ),
    "banking.VirtualAccount": Table(
        owner="user",
        p0="state idem_key is_by_hand status_seen_at created_at opened_at",
        p1="oms_id owner_name",
        p2="bank_name routing_number account_type reference problem",
        p3="account_number",
        inside="idem_key problem is_by_hand",
        erased="owner_name reference problem",
    ),
    "banking.ExternalAccount": Table(
        owner="user",
        p0="state idem_key is_by_hand status_seen_at created_at verified_at removed_at",
        p1="oms_id nickname owner_name",
        p2="bank_name routing_number last4 fingerprint account_type problem",
        p3="account_number",
        inside="idem_key fingerprint is_by_hand",
        erased="nickname bank_name routing_number last4 owner_name problem",
    ),
    "banking.UnmatchedDeposit": Table(
        p0="state why rail oms_status came_at seen_at created_at closed_at",
        p1="oms_id virtual_account_oms_id wallet_oms_id how_closed",
        p2="amount_minor",
    ),
    "banking.MissingDeposit": Table(
        owner="user",
        p0="state rail created_at answered_at",
        p1="note answer",
        p2="amount_minor sent_on bank_name reference",
        erased="note answer bank_name reference",
    ),
    "payees.Payee": Table(owner="user", p0="saved_at removed_at", p1="nickname email", p2="address"),
    "payees.OnlySaved": Table(owner="user", p0="since ends_at"),
    "transfers.OwnLimit": Table(
        owner="user", p0="next_from", p2="at_once_minor day_minor next_at_once_minor next_day_minor"
    ),
    "transfers.BankArrival": Table(
        owner="transfer__user", p2="sender came_minor fee_minor fee_out_minor rate", erased="sender"
    ),
    "transfers.Quote": Table(
        owner="transfer__user",
        p0="number status source_asset destination_asset rate fixed_side is_estimate expires_at created_at "
        "snapshot_sha256",
        p1="oms_id",
        p2="source_gross_minor source_net_minor destination_gross_minor destination_net_minor fees snapshot",
        inside="snapshot snapshot_sha256",
        erased="snapshot",
    ),
    "transfers.Standstill": Table(p0="why began_at ended_at"),
    "transfers.Transfer": Table(
        owner="user",
        p0="kind state rank asked_side rail expected_on request_sha256 idem_key partner_no oms_status oms_sub_status "
        "first_sent_at unknown_since absent_since checked_at created_at confirmed_at finished_at",
        p1="oms_id cash_in_id arrival_ref to_email from_party",
        p2="asked_minor at_exchange to_address store_id store_reference store_name store_address bank_reason "
        "amount_minor fee_minor request_body tx_hash cash_paid_minor reason attention",
        inside="rank request_sha256 request_body idem_key partner_no unknown_since absent_since attention "
        "store_reference",
        erased="to_email from_party store_id store_reference store_name store_address bank_reason attention",
    ),
    "transfers.Authorization": Table(owner="transfer__user", p0="digest method created_at expires_at used_at"),
    "transfers.Attempt": Table(
        owner="transfer__user",
        p0="number idem_key started_at ended_at outcome status code request_id",
        p2="detail",
        inside="number idem_key started_at ended_at outcome status code request_id detail",
        erased="detail",
    ),
    "transfers.CashCode": Table(
        owner="transfer__user", p0="expires_at status created_at", p2="code barcode", inside="code barcode"
    ),
    "privacy.Closure": Table(owner="user", p0="closed_at erase_after erased_at", p2="obstacle", inside="obstacle"),
    "privacy.StaffVisit": Table(owner="user", p0="hour role looked_at why created_at"),
    "waffle.Switch": Table(p0="name active note created modified"),
    "waffle.Sample": Table(p0="name percent note created modified"),
    "auth.Permission": Table(p0="name codename"),
    "auth.Group": Table(p0="name"),
    "contenttypes.ContentType": Table(p0="app_label model"),
}

# P3 that no field of ours seals, and what protects it instead.
PROTECTED_OTHERWISE = {
    "accounts.User.password": "hashed (Argon2)",
    "keys.CustomerKey.wrapped": "wrapped by a master key",
    "account.EmailConfirmation.key": "unused: confirmation is by a code that stands in the session",
    "mfa.Authenticator.data": "seeds and codes are sealed by the MFA adapter; a passkey's public key is no secret",
    "usersessions.UserSession.session_key": "a session ends within hours and is thrown away",
    "sessions.Session.session_key": "as above",
    "sessions.Session.session_data": "signed; ids, times, what its person searched for or had typed; ends within hours",
}

_WORK_COLUMNS = frozenset(field.name for field in WorkItem._meta.get_fields())


def decided(model: type[Model]) -> list["Field[object, object]"]:
    """The columns somebody has to decide about: all but keys, relations and those of a work item."""
    of_work = _WORK_COLUMNS if issubclass(model, WorkItem) else frozenset()
    return [
        field
        for field in model._meta.local_concrete_fields
        if not field.is_relation and field.name not in of_work and (field.name != "id" or not field.primary_key)
    ]


def class_of(model: type[Model], name: str) -> str:
    """P0 to P3, empty when nobody has decided."""
    table = TABLES.get(model._meta.label)
    return table.class_of(name) if table else ""


def owned() -> list[tuple[type[Model], Table]]:
    """Every table whose rows belong to a customer."""
    return [(model, table) for model in apps.get_models() if (table := TABLES.get(model._meta.label)) and table.owner]


def owner_ids(model: type[Model], pks: Iterable[object]) -> set[int | None]:
    """Whose rows these are; None stands for those that are nobody's."""
    table = TABLES.get(model._meta.label)
    if table is None or not table.owner:
        return {None}
    return set(model._base_manager.filter(pk__in=list(pks)).values_list(table.owner, flat=True))


def owner_id(model: type[Model], pk: object) -> int | None:
    """Whose row this is, as a user's id; None when it is nobody's or not there."""
    table = TABLES.get(model._meta.label)
    if table is None or not table.owner:
        return None
    found: int | None = model._base_manager.filter(pk=pk).values_list(table.owner, flat=True).first()
    return found
