"""The files the house rules are about, read once."""

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "walletapp"

# Where money is computed, kept or shown: no rounding, no floating point.
MONEY = ("money.py", "transfers/", "wallet/", "oms/bodies.py", "oms/schemas/", "oms/quote_check.py", "banking/")


@functools.cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the product but migrations."""
    return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts))


@functools.cache
def tests() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@functools.cache
def templates() -> tuple[Path, ...]:
    """Every template, of the product and of the sandbox's control room."""
    return tuple(sorted([*(ROOT / "templates").rglob("*.*"), *PACKAGE.rglob("*.html")]))


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    """The file as said in a message."""
    return str(path.relative_to(ROOT))


def calls(path: Path) -> list[tuple[str, int]]:
    """Every call in the file: the last word of what is called (`delay` of `task.delay()`), and the line."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            word = (
                called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            )
            found.append((word, node.lineno))
    return found


def imports(path: Path) -> set[str]:
    """Every module the file imports, `from a import b` as both `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_about_money(path: Path) -> bool:
    inside = str(path.relative_to(PACKAGE))
    return inside.startswith(MONEY)


def lines_matching(path: Path, pattern: str) -> list[str]:
    """`file:line: text` for each line the pattern is found in."""
    found = enumerate(without_comments(path).splitlines(), start=1)
    return [f"{name(path)}:{number}: {line.strip()[:100]}" for number, line in found if re.search(pattern, line)]


def without_comments(path: Path) -> str:
    """The text, with a template's own comments (which tell how to use it) blanked out."""
    if path.suffix == ".py":
        return path.read_text()
    pattern = r"{%\s*comment\b.*?endcomment\s*%}|{#.*?#}"
    return re.sub(pattern, lambda found: "\n" * found[0].count("\n"), path.read_text(), flags=re.DOTALL)
