"""Whether the holder of a bank account is the verified person: as a bank's clerk would compare, and no wider."""

import unicodedata


def is_same_person(holder: str, first_name: str, last_name: str) -> bool:
    """Every word of the verified first and last name stands in `holder`; middle names and accents are left aside."""
    spoken, wanted = _words(holder), _words(f"{first_name} {last_name}")
    return bool(wanted) and wanted <= spoken


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", ""))
    letters = "".join(c if c.isalpha() else " " for c in plain.casefold() if not unicodedata.combining(c))
    return set(letters.split())
