"""How amounts, addresses, states and times are written."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from walletapp.money import Currency, Money
from walletapp.web.templatetags import wallet_tags as tags

ADDRESS = "0x8ba1f109551bD432803012645Ac136ddd64DBA72"


def usdc(minor: int) -> Money:
    return Money(minor, Currency.USDC)


def test_dollars_come_first_and_units_second() -> None:
    assert tags.both(usdc(25_000_000)) == "$25.00 (25.00 USDC)"
    assert tags.dollars(Money(125_050, Currency.USD)) == "$1,250.50"


def test_an_unknown_amount_is_never_shown_as_zero() -> None:
    for write in (tags.dollars, tags.units, tags.both, tags.exact, tags.signed, tags.shown, tags.fee):
        assert write(None) == "unknown"


def test_an_amount_is_never_rounded() -> None:
    assert tags.dollars(usdc(25_000_001)) == "$25.000001"
    assert tags.exact(usdc(25_000_000)) == "25.000000 USDC"


def test_the_direction_can_be_read_without_colour() -> None:
    assert tags.signed(usdc(5_000_000)) == "+$5.00"
    assert tags.signed(usdc(-5_000_000)) == "\N{MINUS SIGN}$5.00"


def test_a_fee_of_zero_says_so_in_words() -> None:
    assert tags.fee(usdc(0)) == "no fee"
    assert tags.fee(usdc(350_000)) == "0.35 USDC"
    assert tags.shown(usdc(0)) == "0.00 USDC"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_the_two_sizes_of_a_big_amount_are_the_amount(minor: int) -> None:
    assert "".join(tags.figure(usdc(minor))) == tags.dollars(usdc(minor))


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@given(st.text(alphabet="0123456789abcdefABCDEF", min_size=1, max_size=64))
def test_a_grouped_address_reads_and_copies_as_the_address_itself(digits: str) -> None:
    assert text_of(tags.grouped(f"0x{digits}")) == f"0x{digits}"
    assert text_of(tags.grouped(digits)) == digits


def test_an_address_stands_in_groups_of_four() -> None:
    assert re.findall(r"<span>([^<]+)</span>", tags.grouped(ADDRESS))[:3] == ["0x", "8ba1", "f109"]


def test_a_hostile_address_is_escaped() -> None:
    assert "<script>" not in tags.grouped("<script>alert(1)</script>")


def test_every_state_shows_its_word_and_an_icon() -> None:
    for word in tags.STATES:
        html = tags.state(word)
        assert text_of(html) == word
        assert "<use" in html


def test_a_state_that_is_none_of_the_seven_words_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        tags.state("Failed")


def test_a_time_is_written_in_utc_for_people_without_javascript() -> None:
    moment = datetime(2026, 5, 4, 23, 32, 10, tzinfo=UTC)
    assert "May 4, 2026, 23:32 UTC" in tags.when(moment)
    assert "23:32:10 UTC" in tags.when(moment, "seconds")
    assert tags.when(None) == "unknown"


def test_milliseconds_are_exact() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert tags.epoch_ms(start + timedelta(milliseconds=1)) - tags.epoch_ms(start) == 1


class _Form(forms.Form):
    amount = forms.CharField(help_text="At least $5.00.", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"placeholder": "Email address"}))
    password = forms.CharField(widget=forms.PasswordInput)
    side = forms.ChoiceField(widget=forms.RadioSelect, choices=[("pay", "I pay"), ("get", "They get")])
    agree = forms.BooleanField()
    hidden = forms.CharField(widget=forms.HiddenInput)


def field(name: str, data: dict[str, str] | None = None, **more: object) -> str:
    source = '{% include "components/_field.html" %}'
    return Template(source).render(Context({"field": _Form(data)[name], **more}))


def test_a_field_has_a_label_its_help_and_its_error_tied_to_it() -> None:
    html = field("amount", {"amount": ""})
    assert 'for="id_amount"' in html
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html
    assert 'id="id_amount_helptext"' in html
    assert 'id="id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="decimal"' in html


def test_an_amount_box_has_its_signs_around_it() -> None:
    html = field("amount", prefix="$", suffix="USDC")
    assert html.index("$") < html.index("<input") < html.index("USDC")


def test_a_placeholder_that_only_repeats_the_label_is_dropped() -> None:
    assert "placeholder" not in field("email")


def test_a_password_can_be_shown_where_javascript_offers_it() -> None:
    assert re.search(r'<button[^>]+data-reveal="id_password"[^>]+hidden', field("password"))


def test_choices_are_a_group_with_a_name() -> None:
    html = field("side", {"side": ""})
    assert "<legend>Side" in html
    assert html.count('type="radio"') == 2
    assert "This is still needed." in html


def test_a_checkbox_stands_inside_its_label() -> None:
    assert re.search(r"<label[^>]+>\s*<input[^>]+checkbox", field("agree"))


def test_a_hidden_field_has_no_label() -> None:
    assert "<label" not in field("hidden")
