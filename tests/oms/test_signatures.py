"""Whatever bytes come, a delivery is OMS's own or InvalidSignature is raised. Nothing else comes out."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oms.deliveries import SECRET, sign
from walletapp.oms.signatures import InvalidSignature, verify

NOW = 1_780_000_000
BODY = b'{"id":"whd_1"}'
GOOD = sign(BODY, at=NOW)
DIGEST = GOOD.partition("v1=")[2]
OTHER = "whsec_" + "cd" * 32


def test_a_good_signature_names_the_secret_that_made_it() -> None:
    assert verify(BODY, GOOD, [SECRET], NOW) == 0
    assert verify(BODY, GOOD, [OTHER, SECRET], NOW) == 1
    assert verify(BODY, sign(BODY, secret=OTHER, at=NOW), [OTHER, SECRET], NOW) == 0


def test_the_header_is_exactly_as_documented() -> None:
    digest = hmac.new(SECRET.encode(), f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert verify(BODY, f"t={NOW},v1={digest}", [SECRET], NOW) == 0


@pytest.mark.parametrize(
    "header",
    [
        GOOD.upper().replace("T=", "t=").replace("V1=", "v1="),
        GOOD.replace(",", ", "),
        f"v1={DIGEST},t={NOW}",
        f"t={NOW},v1={'0' * 64},v1={DIGEST}",
        f"t={NOW},v0=legacy,v1={DIGEST},v2=later",
        f"t={NOW}" + f",v1={'0' * 64}" * 4 + f",v1={DIGEST}",
    ],
)
def test_harmless_variations_are_accepted(header: str) -> None:
    assert verify(BODY, header, [SECRET], NOW) == 0


MALFORMED = [
    None,
    "",
    " ",
    ",",
    "=",
    "t",
    "v1",
    "t=,v1=",
    f"t={NOW}",
    f"v1={DIGEST}",
    f"t={NOW},v1=",
    f"t=,v1={DIGEST}",
    f"t={NOW}.0,v1={DIGEST}",
    f"t=-{NOW},v1={DIGEST}",
    f"t=+{NOW},v1={DIGEST}",
    f"t= {NOW},v1={DIGEST}",
    f"t={NOW} ,x,v1={DIGEST}",
    f"t=0x{NOW:x},v1={DIGEST}",
    f"t={NOW:_},v1={DIGEST}",
    f"t=1e9,v1={DIGEST}",
    f"t=nan,v1={DIGEST}",
    "t=" + "9" * 400 + f",v1={DIGEST}",
    f"t=١٧٨٠,v1={DIGEST}",
    f"t={NOW},t={NOW},v1={DIGEST}",
    f"t={NOW},v1={DIGEST[:-1]}",
    f"t={NOW},v1={DIGEST}0",
    f"t={NOW},v1={'g' * 64}",
    f"t={NOW},v1={'é' * 64}",
    f"t={NOW},v1={'0' * 64}",
    f"t={NOW},v1={DIGEST[::-1]}",
    f"t={NOW},V1={DIGEST}",
    f"T={NOW},v1={DIGEST}",
    f"t={NOW},v2={DIGEST}",
    f"t={NOW};v1={DIGEST}",
    f"t:{NOW},v1:{DIGEST}",
    f"{NOW},{DIGEST}",
    DIGEST,
    f"sha256={DIGEST}",
    f"t={NOW},v1={DIGEST},",
    f"t={NOW},v1={DIGEST},garbage",
    f"t={NOW}" + f",v1={'0' * 64}" * 5 + f",v1={DIGEST}",
    f"t={NOW},v1={DIGEST}" + ",x=1" * 400,
    "\x00" * 20,
    "\ud800",
    f"t={NOW}\r\n,v1={DIGEST}",
]


@pytest.mark.parametrize("header", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_header_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, header, [SECRET], NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        BODY + b" ",
        b" " + BODY,
        BODY + b"\n",
        b'{"id": "whd_1"}',
        b'{"id":"whd_2"}',
        BODY[:-1],
        b"\xef\xbb\xbf" + BODY,
        BODY.decode().encode("utf-16"),
        b"\xff\xfe",
        b"\x00" * 1000,
    ],
)
def test_any_other_body_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        verify(body, GOOD, [SECRET], NOW)


@pytest.mark.parametrize(
    "secrets", [[], [OTHER], [""], [SECRET[:-1]], [SECRET.upper()], [SECRET.removeprefix("whsec_")]]
)
def test_without_the_right_secret_it_is_refused(secrets: list[str]) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, secrets, NOW)


@pytest.mark.parametrize("age", [-301, 301, 10_000, -10_000])
def test_an_old_or_early_delivery_is_refused(age: int) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, [SECRET], NOW + age)


@pytest.mark.parametrize("age", [-300, -1, 0, 10, 300])
def test_within_five_minutes_it_is_accepted(age: int) -> None:
    assert verify(BODY, GOOD, [SECRET], NOW + age) == 0


def test_the_setting_switches_the_key_to_the_hexadecimal_part() -> None:
    by_hex = sign(BODY, at=NOW, key=bytes.fromhex("ab" * 32))
    assert verify(BODY, by_hex, [SECRET], NOW, key_form="hex") == 0
    with pytest.raises(InvalidSignature):
        verify(BODY, by_hex, [SECRET], NOW)
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, [SECRET], NOW, key_form="hex")


def test_a_secret_that_is_not_hexadecimal_opens_nothing() -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, ["whsec_nothex"], NOW, key_form="hex")


def test_an_empty_secret_is_no_secret() -> None:
    signed_with_nothing = sign(BODY, secret="", at=NOW)
    with pytest.raises(InvalidSignature):
        verify(BODY, signed_with_nothing, ["", "whsec_"], NOW)
    signed_with_no_hex = sign(BODY, at=NOW, key=b"")
    with pytest.raises(InvalidSignature):
        verify(BODY, signed_with_no_hex, ["whsec_"], NOW, key_form="hex")


_pieces = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["t=", "v1=", ",", "=", str(NOW), DIGEST, f"t={NOW}", f"v1={'0' * 64}", "\x00", "\ud800"]),
)


@settings(max_examples=500, deadline=None)
@given(body=st.binary(max_size=300), header=st.lists(_pieces, max_size=8).map("".join))
def test_no_bytes_whatever_raise_anything_else(body: bytes, header: str) -> None:
    try:
        verify(body, header, [SECRET, OTHER, ""], NOW)
    except InvalidSignature:
        return
    raise AssertionError("a forged delivery was accepted")


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=2000))
def test_every_body_that_was_signed_is_accepted(body: bytes) -> None:
    assert verify(body, sign(body, at=NOW), [OTHER, SECRET], NOW) == 1
