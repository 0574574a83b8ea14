"""Keeps the demo's programs alive, and takes every one of them along when it ends.

One process, one thread, no Django. What must stay true: a child that dies is running again within five seconds; when
the supervisor ends (asked, or killed with -9) no process of it is left; `record` always says which processes there
are, so that a test can kill them.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from walletapp.demo.children import Child
from walletapp.demo.plan import CHECKOUT, PYTHON, Plan, Program
from walletapp.demo.reaper import end_groups

_TICK = 0.1
_PATIENCE = 5.0  # a Celery worker needs three seconds to end in order
_TOO_MANY_DEATHS = 4


class Stopped(Exception):
    """Somebody asked the demo to stop."""


class Failed(Exception):
    """The demo cannot run; the message is one sentence that says what to do."""


class Supervisor:
    """The children of one run, in the order in which they were started."""

    def __init__(self, plan: Plan, say: Callable[[str], None], lock: int) -> None:
        self.plan = plan
        self.say = say
        self.lock = lock
        self.children: dict[str, Child] = {}
        self.facts: dict[str, object] = {}
        self.removed_at_the_end: list[Path] = []
        self.asked_to_stop = 0
        self.reaper = self._start_reaper()

    def obey_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop the demo in order; asked twice, it stops at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def start(self, program: Program, environment: Mapping[str, str]) -> None:
        """Start a program and keep it running from now on."""
        child = self.children[program.name] = Child(program, environment, self.plan.logs)
        self._spawn(child)

    def run_once(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run `manage.py ...` to its end while looking after the others; its output. Raises Failed."""
        command = (PYTHON, str(CHECKOUT / "manage.py"), *arguments)
        child = Child(Program(name, " ".join(arguments), command), environment, self.plan.logs)
        child.log.unlink(missing_ok=True)
        group = child.start()
        self._tell_reaper(f"watch {group}")
        try:
            while (code := child.exit_code()) is None:
                self.look_after(_TICK / 2)
        except Stopped:
            end_groups([group], patience=1)
            raise
        finally:
            self._tell_reaper(f"forget {group}")
        if code:
            raise Failed("\n".join([f"{' '.join(arguments)} failed:", *child.last_words(12)]))
        return child.log.read_text()

    def wait_until(self, answers: Callable[[], bool], what: str, seconds: float = 120) -> None:
        """Look after the children until the thing answers. Raises Failed when it does not in time."""
        give_up = time.monotonic() + seconds
        while not answers():
            if time.monotonic() > give_up:
                child = self.children[what]
                raise Failed("\n".join([f"{what} did not come up; the end of {child.log}:", *child.last_words(12)]))
            self.look_after(_TICK / 2)

    def look_after(self, seconds: float) -> None:
        """One round: restart what died, then rest. Raises Stopped when asked to stop."""
        if self.asked_to_stop or self.plan.ends_with not in {0, os.getppid()}:
            raise Stopped
        for child in self.children.values():
            if child.process is not None and (code := child.exit_code()) is not None:
                self._bury(child, code)
            if child.process is None and time.monotonic() >= child.start_at:
                self._spawn(child)
                self.say(f"{child.name} runs again")
        if self.reaper.poll() is not None:
            self.reaper = self._start_reaper()
        time.sleep(seconds)

    def stop(self) -> None:
        """Stop everything: the broker last, because the others still talk to it."""
        self.asked_to_stop = max(self.asked_to_stop, 1)
        order = [[child for child in self.children.values() if child.name != "broker"]]
        order += [[child for child in self.children.values() if child.name == "broker"]]
        for children in order:
            self._end([child for child in children if child.process is not None])
        assert self.reaper.stdin is not None
        self.reaper.stdin.close()
        self.reaper.wait()
        self.plan.record.unlink(missing_ok=True)

    def note(self, **facts: object) -> None:
        """Write down what is known about this run, at once and whole."""
        self.facts |= facts
        pids = {name: child.pid for name, child in self.children.items()}
        known = {**self.facts, "supervisor": os.getpid(), "reaper": self.reaper.pid, "children": pids}
        draft = self.plan.record.with_suffix(".new")
        draft.write_text(json.dumps(known, indent=1))
        draft.replace(self.plan.record)

    def remove_at_the_end(self, folder: Path) -> None:
        self.removed_at_the_end.append(folder)
        self._tell_reaper(f"remove {folder}")

    def _end(self, children: Sequence[Child]) -> None:
        groups = [child.pid for child in children]
        for group in groups:
            self._tell_reaper(f"watch {group}")
        for process in (child.process for child in children):
            assert process is not None
            process.terminate()
        give_up = time.monotonic() + _PATIENCE
        while self.asked_to_stop < 2 and any(child.exit_code() is None for child in children):
            if time.monotonic() > give_up:
                break
            time.sleep(_TICK / 2)
        end_groups(groups, patience=0)
        for child in children:
            assert child.process is not None
            child.process.wait()
            self._tell_reaper(f"forget {child.pid}")

    def _spawn(self, child: Child) -> None:
        self._tell_reaper(f"watch {child.start()}")
        self.note()

    def _bury(self, child: Child, code: int) -> None:
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        self._tell_reaper(f"forget {child.pid}")
        pause = child.mourn()
        self.say(f"{child.name} {how}; starting it again in {pause:.1f} s")
        if len(child.deaths) == _TOO_MANY_DEATHS:
            self.say("\n".join([f"{child.name} keeps dying; the end of {child.log}:", *child.last_words()]))

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _start_reaper(self) -> "subprocess.Popen[str]":
        reaper = subprocess.Popen(
            [PYTHON, "-m", "walletapp.demo.reaper"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=[self.lock],  # the folder stays locked until the reaper has finished too
        )
        self.reaper = reaper
        for child in self.children.values():
            if child.process is not None:
                self._tell_reaper(f"watch {child.pid}")
        for folder in self.removed_at_the_end:
            self._tell_reaper(f"remove {folder}")
        return reaper

    def _tell_reaper(self, line: str) -> None:
        assert self.reaper.stdin is not None
        try:
            self.reaper.stdin.write(line + "\n")
            self.reaper.stdin.flush()
        except BrokenPipeError:  # it was killed; look_after() starts another, which is told everything
            pass
