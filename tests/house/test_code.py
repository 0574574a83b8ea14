"""Rules about the Python of this wallet that no linter knows."""

import ast
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.house import source
from walletapp.moments import written, written_day

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
UNFINISHED = r"\b(TODO|FIXME|XXX|HACK)\b|[Nn]ot implemented|NotImplementedError|[Cc]oming soon"


@pytest.mark.parametrize("path", source.modules(), ids=source.name)
def test_a_module_says_what_lives_in_it(path: Path) -> None:
    if path.read_text().strip():
        assert ast.get_docstring(source.tree(path)), "a module docstring is missing"


def test_no_source_file_is_too_long() -> None:
    files = [*source.modules(), *source.tests()]
    long = {source.name(path): len(path.read_text().splitlines()) for path in files}
    assert not {name: lines for name, lines in long.items() if lines > LONGEST_FILE}


def test_no_function_is_too_long() -> None:
    long = [
        f"{source.name(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in source.modules()
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_nothing_is_left_unfinished() -> None:
    files = [*source.modules(), *source.templates(), *source.tests()]
    here = Path(__file__)
    assert not [hit for path in files if path != here for hit in source.lines_matching(path, UNFINISHED)]


def test_a_day_is_written_in_one_way() -> None:
    """Month first, as moments.py has it."""
    day_first = r"%-d|%d %[bB]|\.day\} \{[^}]*:%[bB]\}|[\"'|][^\"']*\b[dj] [FNM]\b"
    assert not [hit for path in source.modules() for hit in source.lines_matching(path, day_first)]
    at = datetime(2026, 11, 23, 10, 43, tzinfo=timezone(timedelta(hours=1)))
    assert (written(at), written_day(at.date())) == ("Nov 23, 2026, 09:43 UTC", "Nov 23, 2026")


def test_money_is_never_rounded_or_made_a_float() -> None:
    found = [
        f"{source.name(path)}:{line} {word}()"
        for path in source.modules()
        if source.is_about_money(path)
        for word, line in source.calls(path)
        if word in {"float", "round", "FloatField"}
    ]
    assert not found


def test_only_later_rings_celery() -> None:
    found = [
        f"{source.name(path)}:{line} .{word}()"
        for path in source.modules()
        if path.name != "later.py"
        for word, line in source.calls(path)
        if word in {"delay", "apply_async", "send_task"}
    ]
    assert not found


def test_only_oms_and_chain_speak_http() -> None:
    allowed = {"oms", "chain", "sandbox"}
    speaking = {"requests", "urllib3", "http.client", "httpx", "aiohttp"}
    found = [
        source.name(path)
        for path in source.modules()
        if path.relative_to(source.PACKAGE).parts[0] not in allowed and source.imports(path) & speaking
    ]
    assert not found


def test_the_sandbox_knows_nothing_of_ours() -> None:
    found = {
        source.name(path): ours
        for path in source.modules()
        if path.relative_to(source.PACKAGE).parts[0] == "sandbox"
        and (
            ours := {
                module
                for module in source.imports(path)
                if module.startswith(("walletapp.", "django")) and not module.startswith("walletapp.sandbox")
            }
        )
    }
    assert not found


def test_only_url_tables_import_views() -> None:
    """A journey must be callable without HTTP, so it may not know a view."""
    may = re.compile(r"(^|/)(urls|views\w*)(\.py|/)|^urls\.py$")
    found = {
        source.name(path): views
        for path in source.modules()
        if not may.search(str(path.relative_to(source.PACKAGE)))
        and (views := {m for m in source.imports(path) if re.fullmatch(r"walletapp\.\w+\.views(\.\w+)*", m)})
    }
    assert not found


def test_nothing_marks_text_as_safe() -> None:
    found = [
        f"{source.name(path)}:{line} {word}()"
        for path in source.modules()
        for word, line in source.calls(path)
        if word in {"mark_safe", "SafeString", "SafeText"}
    ]
    assert not found


def test_only_settings_and_the_demo_read_the_environment() -> None:
    allowed = {"settings.py", "faultpoints.py", "manage.py", "celery.py", "wsgi.py", "asgi.py"}
    found = [
        hit
        for path in source.modules()
        if path.name not in allowed and path.relative_to(source.PACKAGE).parts[0] not in {"demo", "sandbox"}
        for hit in source.lines_matching(path, r"os\.(environ|getenv)")
    ]
    assert not found


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    pattern = r"(mark|pytest)\.(skip|skipif|xfail)\b|importorskip"
    here = Path(__file__)
    assert not [hit for path in source.tests() if path != here for hit in source.lines_matching(path, pattern)]
