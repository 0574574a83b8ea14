"""The way to the staff pages: path, host, how old the sign-in may be, a passkey where one is required."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal
from django.test import Client

from tests.builders import just_proved, make_user, signed_in
from tests.second_factors import code_of, give_app
from walletapp.staff import roles

pytestmark = pytest.mark.django_db


def test_an_old_sign_in_is_asked_again_and_comes_back(settings: Any) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    give_app(root)
    settings.STAFF_PASSKEY_REQUIRED = False
    with time_machine.travel(datetime.now(UTC)) as clock:
        client = signed_in(root)
        clock.shift(settings.STAFF_FRESH_SECONDS - 1)
        assert client.get("/admin/").status_code == 200
        clock.shift(2)
        for answer in (client.get("/admin/wallet/wallet/"), client.post("/admin/wallet/wallet/", {"action": "x"})):
            assert answer["Location"] == "/account/reauthenticate/?next=%2Fadmin%2Fwallet%2Fwallet%2F"
        answer = client.get("/admin/wallet/wallet/?q=ann&state__exact=active")
        back = "/admin/wallet/wallet/?q=ann&state__exact=active"
        assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [back]}, "and to what was looked for"
        answer = client.post("/account/reauthenticate/?next=/admin/wallet/wallet/", {"code": code_of(root)})
        assert answer["Location"] == "/admin/wallet/wallet/"
        assert client.get("/admin/wallet/wallet/").status_code == 200


def test_a_session_without_any_proof_opens_nothing() -> None:
    root, client = make_user("root", is_staff=True, is_superuser=True), Client()
    just_proved(root)
    client.force_login(root)
    assert client.get("/admin/").status_code == 302


def test_with_a_host_of_their_own_they_exist_nowhere_else(settings: Any) -> None:
    settings.ADMIN_HOST, settings.ALLOWED_HOSTS = "staff.example", ["testserver", "staff.example"]
    client = just_proved(make_user("root", is_staff=True, is_superuser=True))
    for url in (
        "/admin",
        "/admin?a=1",
        "/admin/",
        "/admin/login",
        "/admin/login/",
        "/admin/wallet/wallet",
        "/admin/nothing/",
        "/admin/jsi18n/",
    ):
        assert client.get(url).status_code == 404, url
        assert Client().get(url).status_code == 404, url
    unknown = client.get("/nothing-at-all")
    assert client.get("/admin").headers.keys() == unknown.headers.keys()
    assert client.get("/admin/", headers={"Host": "staff.example"}).status_code == 200
    assert client.get("/admin", headers={"Host": "staff.example"})["Location"] == "/admin/"
    assert client.get("/admin/", headers={"Host": "evil.example"}).status_code == 400


def test_on_one_host_their_path_is_found_without_its_slash_too() -> None:
    client = just_proved(make_user("root", is_staff=True, is_superuser=True))
    assert client.get("/admin")["Location"] == "/admin/"
    assert client.get("/admin", follow=True).status_code == 200
    assert client.get("/administration").status_code == 404


def test_a_password_and_an_app_open_nothing_without_a_passkey() -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    give_app(root)
    client = signed_in(root)
    answer = client.get("/admin/")
    assert answer.status_code == 403
    assert "Staff pages want a passkey" in answer.content.decode()
    just_proved(root)
    assert client.get("/admin/")["Location"].startswith("/account/reauthenticate/"), "this session used no passkey"


def test_where_any_second_factor_will_do_a_password_alone_still_opens_nothing(settings: Any) -> None:
    settings.STAFF_PASSKEY_REQUIRED = False
    client = signed_in(make_user("root", is_staff=True, is_superuser=True))
    assert client.get("/admin/").status_code == 302


def test_every_right_of_every_role_exists() -> None:
    known = {f"{right.content_type.app_label}.{right.codename}" for right in Permission.objects.all()}
    for role, rights in roles.rights().items():
        assert rights - known == set(), role


def test_the_roles_have_exactly_the_rights_of_the_table() -> None:
    Group.objects.get(name=roles.SUPPORT).permissions.add(Permission.objects.get(codename="delete_user"))
    roles.make_roles()
    for role, rights in roles.rights().items():
        found = Group.objects.get(name=role).permissions.select_related("content_type")
        assert {f"{it.content_type.app_label}.{it.codename}" for it in found} == rights, role
    assert not Group.objects.get(name=roles.ENGINEERS).permissions.exists()


def test_the_first_migration_gives_every_role_all_of_its_rights() -> None:
    """Rights are made app by app; a role that is filled before the last one has too few until the next time."""
    Permission.objects.all().delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    for role, rights in roles.rights().items():
        found = Group.objects.get(name=role).permissions.select_related("content_type")
        assert {f"{it.content_type.app_label}.{it.codename}" for it in found} == rights, role


SEES = {
    "accounts/hold": {roles.SUPPORT, roles.OPERATIONS, roles.COMPLIANCE},
    "accounts/proof": {roles.SUPPORT, roles.OPERATIONS, roles.COMPLIANCE},
    "accounts/recovery": {roles.SUPPORT, roles.OPERATIONS, roles.COMPLIANCE},
    "privacy/closure": {roles.COMPLIANCE},
    "privacy/staffvisit": {roles.COMPLIANCE},
}


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.OPERATIONS, roles.COMPLIANCE, roles.ENGINEERS])
def test_each_role_sees_why_nothing_leaves_and_who_looked_as_it_must(role: str) -> None:
    member = make_user("member", is_staff=True)
    member.groups.set(Group.objects.filter(name=role))
    client = just_proved(member)
    for table, who in SEES.items():
        assert client.get(f"/admin/{table}/").status_code == (200 if role in who else 403), table
        assert client.get(f"/admin/{table}/add/").status_code == 403, table


def test_no_role_may_add_or_delete_anything_or_change_money() -> None:
    every = set().union(*roles.rights().values())
    assert [right for right in every if ".add_" in right or ".delete_" in right] == []
    assert [right for right in every if ".change_" in right and right.startswith("transfers.")] == []
    assert [right for right in every if ".change_" in right and right.startswith("wallet.")] == ["wallet.change_break"]
