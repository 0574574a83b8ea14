"""Who may open each page, by URL name. A page that is not here fails the build, so that nobody forgets to decide.

anybody     no session wanted
signed in   asked to sign in, else
verified    signed in, and OMS lets them hold money; others are led to their identity page
staff       a member of staff; nobody else gets an answer
machine     another program, which proves itself in another way than by a session (test of its own)
"""

ANYBODY = "anybody"
SIGNED_IN = "signed in"
VERIFIED = "verified"
STAFF = "staff"
MACHINE = "machine"

ACCESS = {
    "web:landing": ANYBODY,
    "web:contact": ANYBODY,
    "web:terms": ANYBODY,
    "web:status": ANYBODY,
    "web:status_json": ANYBODY,
    "web:theme": ANYBODY,
    "web:favicon": ANYBODY,
    "web:healthz": ANYBODY,
    "web:policy_report": ANYBODY,  # browsers, of which nothing is believed
    "web:security_txt": ANYBODY,
    "web:styleguide": ANYBODY,  # exists with DEBUG only
    "demo:mail": ANYBODY,  # exist with DEMO only
    "demo:message": ANYBODY,
    "demo:codes": ANYBODY,
    "oms:webhook": MACHINE,
    "accounts:identity": SIGNED_IN,
    "accounts:identity_status": SIGNED_IN,
    "accounts:submit": SIGNED_IN,
    "accounts:step": SIGNED_IN,
    "transfers:send": VERIFIED,
    "transfers:own_limits": VERIFIED,
    "transfers:save_recipient": VERIFIED,
    "transfers:withdraw": VERIFIED,  # and early access, which has tests of its own
    "transfers:add_cash": VERIFIED,
    "transfers:add_cash_amount": VERIFIED,
    "transfers:review": VERIFIED,
    "transfers:new_price": VERIFIED,
    "transfers:transfer": SIGNED_IN,
    "transfers:status": SIGNED_IN,
    "transfers:check": SIGNED_IN,
    "transfers:cancel": SIGNED_IN,
    "transfers:new_code": VERIFIED,
    "wallet:dashboard": SIGNED_IN,  # without a wallet these show the way to one
    "wallet:dashboard_live": SIGNED_IN,
    "wallet:receive": SIGNED_IN,
    "wallet:receive_qr": SIGNED_IN,
    "wallet:activity": SIGNED_IN,
    "banking:interest": SIGNED_IN,
    "banking:withdraw": SIGNED_IN,
    # These want early access too: tests/banking/test_access.py.
    "banking:add_money": VERIFIED,
    "banking:add_money_live": VERIFIED,
    "banking:details": VERIFIED,
    "banking:missing": VERIFIED,
    "banking:accounts": VERIFIED,
    "banking:accounts_live": VERIFIED,
    "banking:add_account": VERIFIED,
    "banking:bank_name": VERIFIED,
    "banking:account": VERIFIED,
    "banking:remove_account": VERIFIED,
    "payees:book": VERIFIED,
    "payees:add": VERIFIED,
    "payees:payee": VERIFIED,
    "payees:only_saved": VERIFIED,
    "privacy:your_data": SIGNED_IN,
    "privacy:done": SIGNED_IN,
    "privacy:file": SIGNED_IN,
    "privacy:visits": SIGNED_IN,
    "privacy:close": SIGNED_IN,
    # allauth
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_signup": ANYBODY,
    "account_inactive": ANYBODY,
    "account_email_verification_sent": ANYBODY,
    "account_reset_password": ANYBODY,
    "account_confirm_password_reset_code": ANYBODY,
    "account_confirm_login_code": ANYBODY,
    "account_password_reset_completed": ANYBODY,
    "account_complete_password_reset": ANYBODY,
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_signup_by_passkey": ANYBODY,
    "account_protect": SIGNED_IN,
    "account_protected": SIGNED_IN,
    "account_freeze": ANYBODY,  # whoever has the link
    "account_pause": SIGNED_IN,
    "account_resume": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "mfa_authenticate": ANYBODY,  # somebody whose password was right, and who is not signed in yet
    "mfa_login_webauthn": ANYBODY,
    "mfa_signup_webauthn": ANYBODY,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_totp_qr": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
}

# Whole groups: every URL name that begins so.
GROUPS = {"admin:": STAFF}

# The admin's own doors: everybody may come to them, and they let nobody through.
DOORS = {"admin:login": ANYBODY, "admin:logout": ANYBODY, "admin:jsi18n": ANYBODY}


def rule(name: str) -> str | None:
    """Who may open the page of that URL name; None when nobody has decided."""
    groups = (who for start, who in GROUPS.items() if name.startswith(start))
    return DOORS.get(name) or ACCESS.get(name) or next(groups, None)
