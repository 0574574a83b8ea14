"""Every setting that is read from the environment stands in the README's table, and the table names no other."""

import ast
import os
import re
import subprocess
import sys

from tests.house import source

READERS = {"env", "env_bool", "env_int", "env_list"}


def settings_read() -> set[str]:
    """The names given to env() and its kin in settings.py, and asked of os.environ there and in faultpoints.py."""
    found: set[str] = set()
    for path in (source.PACKAGE / "settings.py", source.PACKAGE / "faultpoints.py"):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func)
                if called in READERS | {"os.environ.get", "os.getenv"} and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def settings_in_the_readme() -> set[str]:
    readme = (source.ROOT / "README.md").read_text()
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` (?:\* )?\|", readme, re.MULTILINE))


def test_every_setting_is_in_the_readme() -> None:
    assert settings_read() - settings_in_the_readme() == set()


def test_the_readme_names_no_setting_that_nothing_reads() -> None:
    assert settings_in_the_readme() - settings_read() == set()


def test_a_name_of_the_installation_that_would_overflow_the_keys_is_refused_at_start() -> None:
    def start(name: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", "import walletapp.settings"]
        environment = {**os.environ, "ENVIRONMENT_NAME": name}
        return subprocess.run(
            command, env=environment, cwd=source.ROOT, capture_output=True, text=True, check=False, timeout=60
        )

    assert start("n" * 15).returncode == 0
    refused = start("n" * 16)
    assert refused.returncode != 0
    assert "ENVIRONMENT_NAME may have 15 characters at most" in refused.stderr
