"""Addresses that look like another."""

OUTSIDE = "0x52908400098527886E0F7030069857D2E4169EE7"


def imitating(address: str, *, first: int = 4, last: int = 4) -> str:
    """An address in small letters that agrees with `address` in so many characters at its ends, and nowhere else."""
    body = address[2:].lower()
    middle = "".join("f" if letter != "f" else "0" for letter in body[first : len(body) - last])
    return f"0x{body[:first]}{middle}{body[len(body) - last :]}"
