"""Crash points: nothing unless enabled, one kill for one arming, and never in production."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.house import source

PASSES = """
from walletapp import faultpoints
for number in range(1, 6):
    print(number, flush=True)
    faultpoints.reach("send.claimed")
"""


def run(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_armed_point_kills_on_the_named_pass_and_once(tmp_path: Path) -> None:
    (tmp_path / "send.claimed.3").touch()
    first = run(PASSES, WALLETAPP_FAULTPOINTS=str(tmp_path))
    assert (first.returncode, first.stdout.split()) == (-signal.SIGKILL, ["1", "2", "3"])
    assert [path.name for path in tmp_path.iterdir()] == ["send.claimed.0"]
    second = run(PASSES, WALLETAPP_FAULTPOINTS=str(tmp_path))
    assert (second.returncode, second.stdout.split()) == (0, ["1", "2", "3", "4", "5"])


def test_another_point_is_not_concerned(tmp_path: Path) -> None:
    (tmp_path / "send.answered.1").touch()
    assert run(PASSES, WALLETAPP_FAULTPOINTS=str(tmp_path)).returncode == 0


def test_without_a_folder_there_is_no_code_that_could_kill() -> None:
    told = run(
        "import inspect; from walletapp import faultpoints as it; print(inspect.getsource(it.reach), it.introduce())"
    )
    assert "kill" not in told.stdout
    assert told.stdout.split()[-1] == "{}"


def test_every_point_is_placed_in_the_code_exactly_where_its_name_says() -> None:
    from walletapp.faultpoints import POINTS

    code = "\n".join(path.read_text() for path in source.modules() if path.name != "faultpoints.py")
    assert {point: code.count(f'reach("{point}")') for point in POINTS if f'reach("{point}")' not in code} == {}


def test_production_refuses_to_start_with_them(tmp_path: Path) -> None:
    public = {
        "SITE_URL": "https://wallet.example", "SECRET_KEY": "x" * 60, "DEBUG": "0", "DEMO": "0",
        "FIELD_KEYS": '{"a": "' + "A" * 43 + '="}', "ALLOWED_HOSTS": "wallet.example",
    }  # fmt: skip
    assert run("import walletapp.settings", **public).returncode == 0
    refused = run("import walletapp.settings", **public, WALLETAPP_FAULTPOINTS=str(tmp_path))
    assert refused.returncode != 0
    assert "WALLETAPP_FAULTPOINTS kills processes on purpose" in refused.stderr
