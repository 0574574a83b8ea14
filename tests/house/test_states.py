"""Every state has a label, a word for the customer where it is shown, and a way in."""

import importlib
import inspect
from enum import Enum
from types import ModuleType
from typing import Any

import pytest
from django.db.models import TextChoices

from tests.house import source
from walletapp.wallet.states import Word

SEVEN = {
    "Waiting for you", "Waiting for the store", "Waiting for the bank", "In progress", "Checking", "Done", "Came back",
    "Did not happen",
}  # fmt: skip

STATES = [
    importlib.import_module(f"walletapp.{path.parent.name}.states")
    for path in source.modules()
    if path.name == "states.py" and path.parent.parent == source.PACKAGE
]


def tables(module: ModuleType, name: str) -> list[dict[Any, Any]]:
    """The tables of that name in the module: WORDS, MOVES, also with a prefix such as CODE_MOVES."""
    return [value for key, value in vars(module).items() if key.endswith(name) and isinstance(value, dict)]


def choices(module: ModuleType) -> list[type[TextChoices]]:
    return [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, TextChoices) and value.__module__ == module.__name__
    ]


@pytest.mark.parametrize("module", STATES, ids=lambda module: module.__name__)
def test_every_state_has_a_label_of_its_own(module: ModuleType) -> None:
    assert choices(module)
    for states in choices(module):
        labels = [str(label) for label in states.labels]
        assert all(labels)
        assert len(set(labels)) == len(labels), f"two states of {states.__name__} read the same"


def test_the_customer_reads_one_of_seven_words() -> None:
    assert {str(word.label) for word in Word} <= SEVEN


@pytest.mark.parametrize("module", STATES, ids=lambda module: module.__name__)
def test_every_state_is_said_in_one_of_the_words(module: ModuleType) -> None:
    for words in tables(module, "WORDS"):
        kind: type[Enum] = type(next(iter(words)))
        assert set(words) == set(kind), f"a state of {kind.__name__} has no word"
        assert all(isinstance(word, Word) for word in words.values())


@pytest.mark.parametrize("module", STATES, ids=lambda module: module.__name__)
def test_every_move_is_between_states_of_one_kind(module: ModuleType) -> None:
    for moves in tables(module, "MOVES"):
        kind: type[Enum] = type(next(iter(moves)))
        for others in moves.values():
            assert set(others) <= set(kind)
