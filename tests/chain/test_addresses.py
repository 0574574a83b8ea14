"""Addresses on Polygon: the app never changes one, and says what is wrong with a wrong one."""

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from walletapp.chain.addresses import TOKEN_CONTRACTS, ZERO, InvalidAddress, read_address, require_payable

# The examples of EIP-55 itself.
EXAMPLES = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]

addresses = st.binary(min_size=20, max_size=20).map(lambda raw: to_checksum_address("0x" + raw.hex()))


@pytest.mark.parametrize("address", EXAMPLES)
def test_the_standards_own_examples_are_read_as_they_are(address: str) -> None:
    assert read_address(address) == address


@given(addresses)
def test_one_case_is_accepted_and_shown_checksummed(address: str) -> None:
    assert read_address(address.lower()) == address
    assert read_address("0x" + address[2:].upper()) == address
    assert read_address(f"  {address}\n") == address


@given(addresses, st.integers(2, 41))
def test_a_letter_in_the_wrong_case_is_refused_and_never_repaired(address: str, at: int) -> None:
    changed = address[:at] + address[at].swapcase() + address[at + 1 :]
    body = changed[2:]
    if changed == address or body in {body.lower(), body.upper()}:
        return
    with pytest.raises(InvalidAddress, match="check does not match"):
        read_address(changed)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    if len(text.strip()) == 42:
        return
    with pytest.raises(InvalidAddress, match=r"[.]$"):
        read_address(text)


def test_contracts_and_the_zero_address_cannot_be_paid() -> None:
    for address in (ZERO, *TOKEN_CONTRACTS):
        assert read_address(address) == address
        with pytest.raises(InvalidAddress):
            require_payable(address)
