"""docs/sandbox.md says what the sandbox does: every magic value, fault and setting, no more and no less."""

import re
from pathlib import Path

from walletapp.sandbox import magic, rules
from walletapp.sandbox.settings import Settings

PAGE = (Path(__file__).parent.parent.parent / "docs" / "sandbox.md").read_text()


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_magic_value_is_in_the_table_in_the_same_words() -> None:
    values = {
        "last name": magic.LAST_NAMES, "send": magic.SEND_AMOUNTS, "account": magic.ACCOUNTS,
        "cash": magic.CASH_AMOUNTS,
    }  # fmt: skip
    expected = {(where, value, effect) for where, known in values.items() for value, effect in known.items()}
    rows = re.findall(
        r"^\| (last name|send|account|cash) \| `(.+?)` \| (.+) \|$", section("Magic values"), re.MULTILINE
    )
    assert set(rows) == expected


def test_every_fault_and_field_of_a_rule_is_explained() -> None:
    text = section("Fault rules")
    faults = set(re.findall(r"^\| `(\w+)` \| (?:yes|no|-) \|", text, re.MULTILINE))
    assert faults == {*rules.REQUEST_FAULTS, *rules.WEBHOOK_FAULTS}
    fields = {name for row in re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert fields - faults == set(rules.Rule.model_fields)


def test_every_setting_is_explained() -> None:
    rows = re.findall(r"^\| (`.+?`) \|", section("Settings"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {field.alias for field in Settings.model_fields.values()}
