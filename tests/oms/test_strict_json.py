"""A document that two readers could read in two ways is refused."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walletapp.oms.errors import BadShape
from walletapp.oms.strict_json import read_json, read_object


def test_ordinary_json_is_read_and_numbers_stay_exact() -> None:
    assert read_json(b'{"a":[1,2.10,null,true,"x"]}') == {"a": [1, Decimal("2.10"), None, True, "x"]}
    assert str(read_json(b"0.1")) == "0.1"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a':1}",
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"a":2}}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"[1,]",
        b"01",
        b"1 2",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        '{"a":1}'.encode("utf-16"),
        b'"\\ud800"',
        b'{"\\udfff":1}',
        b'"\\u0000"',
        b'{"a\\u0000":1}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b"9" * 41,
        b"1e" + b"9" * 60,
        b"0." + b"1" * 60,
        b'"a\nb"',
    ],
    ids=range(24),
)
def test_a_doubtful_document_is_refused(raw: bytes) -> None:
    with pytest.raises(BadShape):
        read_json(raw)


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_only_an_object_is_an_object(raw: bytes) -> None:
    with pytest.raises(BadShape):
        read_object(raw)


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(BadShape):
        read_json(raw)
