"""Imports only go down: the contract in pyproject.toml holds, and it can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import source

LINT = Path(sys.executable).parent / "lint-imports"


def lint(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(LINT), "--no-logo", "--no-cache", *arguments], cwd=source.ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_contract_of_the_layers_is_kept() -> None:
    result = lint()
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_an_import_that_goes_up_is_seen(tmp_path: Path) -> None:
    """The control: with the layers upside down the same linter complains."""
    config = tmp_path / "upside_down.ini"
    config.write_text(
        "[importlinter]\nroot_package = walletapp\n"
        "[importlinter:contract:1]\nname = upside down\ntype = layers\n"
        "containers = walletapp\nlayers =\n  money\n  oms\n  transfers\n"
    )
    assert lint("--config", str(config)).returncode == 1
