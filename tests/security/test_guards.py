"""Row 10: the tests see. With each named guard switched off, a test that is green with it turns red."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.figures import Figures
from tests.house import source
from tests.security.guards import GUARDS

ROW = 10


def test_without_each_guard_a_test_turns_red(figures: Figures, tmp_path: Path) -> None:
    report, began = tmp_path / "guards.json", time.monotonic()
    command = [sys.executable, "-m", "pytest", "-p", "tests.security.mutating", "-p", "no:cacheprovider", "-q"]
    # A run of its own, with a database, a cache and a sandbox of its own: nothing of this one's may leak into it.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    asked = [*command, f"--report={report}"]
    ran = subprocess.run(asked, cwd=source.ROOT, env=outside, capture_output=True, text=True, check=False, timeout=800)
    assert report.exists(), ran.stdout[-2000:] + ran.stderr[-2000:]
    found = json.loads(report.read_text())
    figures.hold("guards switched off in turn", len(found), "all, >= 40", len(found) == len(GUARDS) >= 40)
    figures.zero("red although the guard was there", [it["guard"] for it in found if not it["green with it"]])
    figures.zero("guards that no test misses", [it["guard"] for it in found if not it["red without it"]])
    figures.at_most("the whole check", time.monotonic() - began, 480, "s")
