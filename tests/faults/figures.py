"""What a row of a harness measured, held against its bar; the table of a run, and the file that keeps it.

There are two harnesses: the faults of tests/faults and the sweeps of tests/security. A row is one file `test_<row>.py`
with ROW, its number, and SIZES, how much of it is quick and full. Figures know nothing of pytest, so that a row can
also be measured against a wallet that was broken on purpose.
"""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent

ROWS = {
    1: "webhook storm",
    2: "kills",
    3: "ambiguous answers",
    4: "races",
    5: "stateful machine",
    6: "reconciliation",
    7: "outages",
    8: "restored backup",
    9: "ledger",
    10: "negative controls",
}
SWEEPS = {
    1: "access",
    2: "headers and cookies",
    3: "text that is code",
    4: "webhook fuzz",
    5: "guessing",
    6: "strange requests",
    7: "looking changes nothing",
    8: "who has an account",
    9: "personal data",
    10: "guards",
    11: "observatory",
}
SUITES = {"faults": ROWS, "security": SWEEPS}


@dataclass(frozen=True)
class Figure:
    """One thing measured."""

    row: int
    measure: str
    value: str
    bar: str
    holds: bool


@dataclass
class Figures:
    """The figures of one measurement."""

    row: int
    found: list[Figure] = field(default_factory=list)

    def hold(self, measure: str, value: object, bar: str, holds: bool, *, row: int = 0) -> None:
        """Record a figure; `bar` says in words what it has to be. `row` when it belongs to another row's measure."""
        self.found.append(Figure(row or self.row, measure, str(value), bar, holds))

    def zero(self, measure: str, things: Iterable[object] | int, *, row: int = 0) -> None:
        """None of it may have happened. The first of what did stand beside the number."""
        seen = [] if isinstance(things, int) else [str(thing) for thing in things]
        count = things if isinstance(things, int) else len(seen)
        self.hold(measure, "; ".join([str(count), *seen[:3]]), "0", count == 0, row=row)

    def at_most(self, measure: str, value: float, bar: float, unit: str, *, row: int = 0) -> None:
        self.hold(measure, f"{value:.4g} {unit}", f"<= {bar:g} {unit}", value <= bar, row=row)

    @property
    def broken(self) -> list[Figure]:
        """Those that do not hold."""
        return [figure for figure in self.found if not figure.holds]


@dataclass(frozen=True)
class Run:
    """Which wallet was measured, and how: figures of two runs compare only when all of it is the same."""

    commit: str
    engine: str
    size: str
    seed: int
    suite: str = "faults"

    @property
    def file(self) -> Path:
        return ROOT / "var" / self.suite / f"{self.commit}-{self.engine}-{self.size}-{self.seed}.json"

    def kept(self) -> dict[str, Any]:
        """What was measured before, by the name of the test."""
        return dict(json.loads(self.file.read_text())) if self.file.exists() else {}

    def keep(self, name: str, seconds: float, figures: Figures, passed: bool) -> dict[str, Any]:
        """Write one measurement down, at once: a long run that is interrupted goes on from there. Several processes may
        write to the same file."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        found = [asdict(figure) for figure in figures.found]
        about = {"name": name, "row": figures.row, "seconds": round(seconds, 1), "passed": passed}
        entry = {**about, "figures": found, **asdict(self)}
        with (self.file.parent / ".writing").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            draft = self.file.with_suffix(".new")
            draft.write_text(json.dumps(self.kept() | {name: entry}, indent=1))
            draft.replace(self.file)
        return entry


def commit() -> str:
    """The commit of this checkout, with a plus when files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    differs = git("status", "--porcelain", "--untracked-files=no")
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + ("+" if differs else "")


def table(entries: Iterable[dict[str, Any]]) -> str:
    """row | figure | bar | holds or not | seconds | seed, as Markdown that also reads well on a console. What was
    measured several times with the same outcome stands there once, with the number of times and the seconds of all."""
    lines: dict[tuple[str, ...], list[float]] = {}
    for entry in sorted(entries, key=lambda it: int(it["row"])):
        titles = SUITES[entry.get("suite", "faults")]
        for it in entry["figures"]:
            holds = "holds" if it["holds"] else "DOES NOT HOLD"
            key = (f"{it['row']} {titles[it['row']]}", it["measure"], it["value"], it["bar"], holds, str(entry["seed"]))
            lines.setdefault(key, []).append(float(entry["seconds"]))
    rows = [["row", "measure", "figure", "bar", "holds", "seconds", "seed"]]
    for (row, measure, *middle, seed), seconds in lines.items():
        times = f", {len(seconds)} times" if len(seconds) > 1 else ""
        rows.append([row, measure + times, *middle, f"{sum(seconds):.1f}", seed])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


if __name__ == "__main__":
    print(table(entry for path in sys.argv[1:] for entry in json.loads(Path(path).read_text()).values()))
