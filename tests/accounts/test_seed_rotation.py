"""A new master key: the apps and recovery codes people have go on working, and the old key is not let go too early."""

import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command

from tests.builders import make_user
from tests.keys.rings import new_key
from tests.second_factors import give_app
from walletapp.accounts import factors
from walletapp.accounts.models import User

pytestmark = pytest.mark.django_db

OLD, NEW = new_key(), new_key()


@pytest.fixture
def user(settings: Any) -> User:
    """With an app and recovery codes under the old key, which is the second of the ring by now."""
    settings.FIELD_KEYS = {"old": OLD}
    user = make_user()
    give_app(user)
    RecoveryCodes.activate(user)
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}
    return user


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def test_codes_work_with_the_new_key_alone_afterwards(user: User, settings: Any) -> None:
    codes = factors.rows_of(user, factors.RECOVERY).get().wrap().get_unused_codes()
    said = run()
    assert "mfa_authenticator.data.secret: 0 current, 1 brought up to date, 0 unreadable" in said
    assert "mfa_authenticator.data.seed: 0 current, 1 brought up to date, 0 unreadable" in said
    settings.FIELD_KEYS = {"new": NEW}
    code = factors.current_code(factors.rows_of(user, factors.APP).get())
    assert factors.check_code(user, code, factors.APP) is not None
    assert factors.rows_of(user, factors.RECOVERY).get().wrap().get_unused_codes() == codes


def test_the_check_says_that_the_old_key_is_needed_and_changes_nothing(user: User) -> None:
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    with pytest.raises(CommandError, match="Older keys are still needed"):
        run("--check")
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_again_changes_nothing(user: User) -> None:
    run()
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    assert "mfa_authenticator.data.secret: 1 current, 0 brought up to date" in run()
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_a_key_that_was_let_go_too_early_is_said(user: User, settings: Any) -> None:
    settings.FIELD_KEYS = {"new": NEW}
    with pytest.raises(CommandError, match="cannot be opened with this ring"):
        run()
