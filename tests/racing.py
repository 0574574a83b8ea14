"""Many hands at the same moment, with real threads and real connections."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from walletapp.refusals import Refusal


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all acts behind one barrier: what each returned, or what it raised."""
    barrier, results = threading.Barrier(len(acts)), list[Any]([None] * len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            results[number] = act()
        except BaseException as error:  # noqa: BLE001 - told in the caller's own thread
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refusals(results: Sequence[Any]) -> list[Refusal]:
    return [one for one in results if isinstance(one, Refusal)]


def crashes(results: Sequence[Any]) -> list[BaseException]:
    """What a person would have seen as a server error."""
    return [one for one in results if isinstance(one, BaseException) and not isinstance(one, Refusal)]
