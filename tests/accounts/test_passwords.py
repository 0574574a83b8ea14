"""Which new passwords are taken: long ones of one's own, as they were typed; not what others would try."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from walletapp.accounts.models import User

COMMON = [
    "Password1234!", "p@ssw0rd2026!!", "!!!123456789!!!", "dragonballdragonball", "qwertyuiop2026", "1234567890qwe",
]  # fmt: skip
OURS = ["harbor-wallet-2026", "MyHarborMoney1", "usdc polygon usdc", "WalletPassword!!", "h@rb0r w@llet 99"]
GOOD = [
    "a long walk by the sea", "correct wallet of my late aunt", "  two spaces before  ", "пароль из четырёх слов",
    "🐢🐢🐢🐢 turtles all day", "x" * 40 + "the quick brown fox jumps over it" + "y" * 40,
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_leaked_often_is_refused_however_it_is_dressed(password: str) -> None:
    with pytest.raises(ValidationError, match="one of the first that others try"):
        validate_password(password, User(email="somebody@example.com"))


@pytest.mark.parametrize("password", OURS)
def test_words_of_this_product_alone_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="words of your own"):
        validate_password(password, User(email="somebody@example.com"))


@pytest.mark.parametrize("password", GOOD)
def test_words_of_ones_own_are_taken_in_any_script(password: str) -> None:
    validate_password(password, User(email="somebody@example.com"))


@pytest.mark.django_db
def test_it_is_said_at_the_field_and_nobody_is_signed_up() -> None:
    form = {"email": "new.person@example.com", "password1": OURS[0]}
    page = Client().post("/account/signup/", form).content.decode()
    assert "Choose words of your own." in page
    assert not User.objects.exists()
