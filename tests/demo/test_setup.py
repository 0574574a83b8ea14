"""bin/setup: quick when there is nothing to do, and one sentence when there is no Python."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.own_time import clock
from walletapp.demo.plan import CHECKOUT

TOOLS = ("sh", "cat", "cksum", "dirname", "rm", "cut")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone, as far as set-up is concerned."""
    for name in ("pyproject.toml", "uv.lock", ".python-version"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    shutil.copytree(CHECKOUT / "bin", tmp_path / "bin")
    return tmp_path


def run(checkout: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(checkout / "bin/setup"), "run"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_without_any_python_one_sentence_says_what_to_install(checkout: Path) -> None:
    bare = checkout / "bare"
    bare.mkdir()
    for tool in TOOLS:
        (bare / tool).symlink_to(str(shutil.which(tool)))
    answer = run(checkout, PATH=str(bare), HOME=str(checkout))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert "install Python 3.13" in answer.stderr


def test_with_nothing_changed_it_does_nothing_at_once(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(str(shutil.which("true")))
    state = subprocess.run(
        "cat pyproject.toml uv.lock .python-version bin/setup | cksum",
        shell=True, cwd=checkout, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (checkout / ".venv/.setup-run").write_text(f"{checkout} {state}")
    began = clock()
    answer = run(checkout, PATH=os.environ["PATH"])
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert clock() - began < 1
