"""Every event that is put into the audit trail has a name that is listed, and every listed name is used."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import source
from walletapp.audit.vocabulary import EVENTS

# Written by hand for each place: what stands in `{...}` of a name is one of these.
STATES = {
    "wallet.": {"wallet.active", "wallet.suspended", "wallet.closed"},
    "external_account.": {"external_account.verified", "external_account.refused", "external_account.stopped"},
    "virtual_account.": {"virtual_account.active", "virtual_account.paused", "virtual_account.closed"},
}
IN_A_TABLE = {"access.refused", "limit.exceeded"}  # web/watching.py


def names_in(path: Path) -> Iterator[tuple[str, int]]:
    """What each call of record() or note() names, with its line; "?" for a name that is in no text here."""
    for node in ast.walk(source.tree(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in {"record", "note", "_note"}:
            texts = [text for arg in node.args[:3] for text in texts_of(arg) if "." in text]
            yield from ((text, node.lineno) for text in texts)


def texts_of(arg: ast.expr) -> list[str]:
    if isinstance(arg, ast.Constant):
        return [arg.value] if isinstance(arg.value, str) else []
    if isinstance(arg, ast.IfExp):
        return texts_of(arg.body) + texts_of(arg.orelse)
    if isinstance(arg, ast.JoinedStr) and isinstance(arg.values[0], ast.Constant):
        beginning = str(arg.values[0].value)
        return sorted(STATES.get(beginning, {f"{beginning}..."}))
    return []


def everything() -> list[tuple[str, str]]:
    ours = [path for path in source.modules() if "sandbox" not in path.parts]
    return [(name, f"{source.name(path)}:{line}") for path in ours for name, line in names_in(path)]


def test_every_event_is_in_the_vocabulary() -> None:
    assert len(everything()) > 40
    assert [where for name, where in everything() if name not in EVENTS] == []


def test_the_vocabulary_names_nothing_that_is_never_recorded() -> None:
    assert set(EVENTS) - {name for name, _ in everything()} - IN_A_TABLE == set()


def test_a_name_says_what_happened_to_what() -> None:
    assert [name for name in EVENTS if not name.replace("_", "").replace(".", "").isalpha() or "." not in name] == []
