"""The names of everything that is put into the audit trail, and what each is called in OWASP's logging vocabulary.

A name says what happened to what; the word beside it is what somebody who reads the trails of many systems looks for.
A name that is not here is not recorded: a rule of the build reads every call of `record` and `note`. To record
something new, add its line.
"""

AUTHN_SUCCESS, AUTHN_FAIL, AUTHN_PASSWORD = "authn_login_success", "authn_login_fail", "authn_password_change"
AUTHN_TOKEN_NEW, AUTHN_TOKEN_GONE = "authn_token_created", "authn_token_delete"
AUTHZ_FAIL, AUTHZ_ADMIN, AUTHZ_CHANGE = "authz_fail", "authz_admin", "authz_change"
LIMIT, SEQUENCE, CSP, CORS = (
    "excess_rate_limit_exceeded",
    "sequence_fail",
    "malicious_csp_violation",
    "malicious_cors",
)
CREATE, READ, UPDATE, DELETE = "sensitive_create", "sensitive_read", "sensitive_update", "sensitive_delete"
SESSION_OVER, SYSTEM, PRIVILEGE, USER = (
    "session_expired",
    "sys_monitor",
    "privilege_permissions_changed",
    "user_updated",
)

EVENTS: dict[str, str] = {
    # What strangers and customers try; counted, see noting.py.
    "access.refused": AUTHZ_FAIL,
    "limit.exceeded": LIMIT,
    "steps.out_of_order": SEQUENCE,
    "request.from_elsewhere": CORS,
    "policy.violated": CSP,
    # Signing in
    "sign_in.done": AUTHN_SUCCESS,
    "sign_in.failed": AUTHN_FAIL,
    "sign_out.done": SESSION_OVER,
    "session.expired": SESSION_OVER,
    "session.ended": SESSION_OVER,
    "factor.added": AUTHN_TOKEN_NEW,
    "factor.removed": AUTHN_TOKEN_GONE,
    "factor.failed": AUTHN_FAIL,
    "outgoing.held": AUTHZ_CHANGE,
    "outgoing.paused": AUTHZ_CHANGE,
    "outgoing.resumed": AUTHZ_CHANGE,
    "recovery.asked": AUTHZ_ADMIN,
    "recovery.approved": AUTHZ_ADMIN,
    "recovery.declined": AUTHZ_ADMIN,
    "recovery.stopped": AUTHZ_CHANGE,
    "password.changed": AUTHN_PASSWORD,
    "password.reset": AUTHN_PASSWORD,
    "email.changed": USER,
    "step_up.done": AUTHN_SUCCESS,
    "step_up.failed": AUTHN_FAIL,
    # Who somebody is
    "user.changed": USER,
    "onboarding.submitted": CREATE,
    "onboarding.answered": UPDATE,
    "onboarding.returned": UPDATE,
    "customer.activity": UPDATE,
    "endorsement.changed": AUTHZ_CHANGE,
    # What we hold about somebody
    "customer.opened": READ,
    "sealed.revealed": READ,
    "data.exported": READ,
    "account.closed": USER,
    "account.erased": DELETE,
    "keys.rotated": SYSTEM,
    # Wallets, and what does not agree
    "wallet.opened": CREATE,
    "wallet.active": UPDATE,
    "wallet.suspended": UPDATE,
    "wallet.closed": UPDATE,
    "wallet.frozen": UPDATE,
    "wallet.thawed": UPDATE,
    "break.opened": SYSTEM,
    "break.settled": SYSTEM,
    "break.assigned": AUTHZ_ADMIN,
    "break.closed": AUTHZ_ADMIN,
    # Money
    "transfer.confirmed": CREATE,
    "transfer.adopted": CREATE,
    "standstill.began": SYSTEM,
    "standstill.ended": SYSTEM,
    "bank_deposit.unmatched": CREATE,
    "bank_deposit.placed": UPDATE,
    "bank_deposit.placed_by_hand": AUTHZ_ADMIN,
    "bank_deposit.closed": AUTHZ_ADMIN,
    # Whom somebody pays, and how much they allow themselves
    "payee.saved": CREATE,
    "payee.renamed": UPDATE,
    "payee.removed": DELETE,
    "only_saved.on": UPDATE,
    "only_saved.off_asked": UPDATE,
    "own_limit.lowered": UPDATE,
    "own_limit.raise_asked": UPDATE,
    "own_limit.kept": UPDATE,
    "screening.hit": AUTHZ_FAIL,
    # Banks
    "external_account.added": CREATE,
    "external_account.renamed": UPDATE,
    "external_account.removed": DELETE,
    "external_account.registered": UPDATE,
    "external_account.verified": UPDATE,
    "external_account.refused": UPDATE,
    "external_account.stopped": UPDATE,
    "virtual_account.asked_for": CREATE,
    "virtual_account.opened": CREATE,
    "virtual_account.active": UPDATE,
    "virtual_account.paused": UPDATE,
    "virtual_account.closed": UPDATE,
    "missing_deposit.reported": CREATE,
    "missing_deposit.answered": AUTHZ_ADMIN,
    "interest.registered": CREATE,
    "interest.changed": UPDATE,
    "interest.withdrawn": DELETE,
    "interest.exported": READ,
    # What staff switch
    "switch.changed": AUTHZ_ADMIN,
    "flag.changed": AUTHZ_ADMIN,
    "flag.given": PRIVILEGE,
    "oms.event.apply_again": AUTHZ_ADMIN,
}
