"""Every column says what it holds about people, what identifies them is sealed, and nothing leaves by the side."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

import walletapp
from walletapp.privacy.classes import PROTECTED_OTHERWISE, TABLES, class_of, decided
from walletapp.sealed import SealedTextField

MODELS = apps.get_models()
NO_CONVERTER_BUT = {"UUIDConverter", "IntConverter", "SlugConverter", "StringConverter", "PathConverter"}


def columns(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.local_concrete_fields}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_column_has_a_class(model: type[Model]) -> None:
    assert [field.name for field in decided(model) if not class_of(model, field.name)] == []


def test_the_table_names_no_column_that_is_not_there_and_none_twice() -> None:
    for label, table in TABLES.items():
        app, name = label.split(".")
        if app not in apps.app_configs:  # the package is not switched on here
            continue
        model = apps.get_model(app, name)
        listed = f"{table.p0} {table.p1} {table.p2} {table.p3}".split()
        assert sorted(set(listed) - columns(model)) == [], label
        assert len(listed) == len(set(listed)), label
        assert set(f"{table.inside} {table.erased}".split()) <= set(listed), label


def test_what_identifies_people_is_sealed() -> None:
    """P3 is sealed by us, or protected in a way that is named."""
    found = [(model, field) for model in MODELS for field in decided(model) if class_of(model, field.name) == "P3"]
    assert len(found) > 8
    bare = {
        f"{model._meta.label}.{field.name}"
        for model, field in found
        if not isinstance(field, SealedTextField) and f"{model._meta.label}.{field.name}" not in PROTECTED_OTHERWISE
    }
    assert bare == set()


def test_what_is_sealed_is_said_to_identify_people() -> None:
    sealed = [(m, field) for m in MODELS for field in m._meta.local_fields if isinstance(field, SealedTextField)]
    assert len(sealed) >= 7
    assert {class_of(model, field.name) for model, field in sealed} == {"P3"}


def test_what_belongs_to_a_customer_is_sealed_with_their_own_key() -> None:
    for model in MODELS:
        table = TABLES.get(model._meta.label)
        for field in model._meta.local_fields:
            if table and isinstance(field, SealedTextField):
                assert bool(field.owner) == bool(table.owner), f"{model._meta.label}.{field.name}"


def test_the_admin_lists_shows_and_searches_nothing_that_identifies_people() -> None:
    for model, page in admin.site._registry.items():
        secret = {field.name for field in decided(model) if class_of(model, field.name) == "P3"}
        shown = {*map(str, page.list_display), *map(str, page.search_fields), *map(str, page.list_filter)}
        assert not secret & shown, model
        if secret:
            asked = set(page.fields or ()) | set(page.readonly_fields)
            hidden = set(page.exclude or ()) | {f.name for f in model._meta.local_fields if not f.editable}
            assert not secret & asked, model
            assert page.fields or page.form.base_fields or secret <= hidden, model


def tasks() -> Iterator[object]:
    for found in pkgutil.iter_modules(walletapp.__path__):
        try:
            module = importlib.import_module(f"walletapp.{found.name}.tasks")
        except ModuleNotFoundError:
            continue
        yield from (task for task in vars(module).values() if hasattr(task, "apply_async"))


def test_tasks_take_nothing_but_the_id_of_one_row() -> None:
    """The queue keeps what it is given in files that nobody seals."""
    found = [inspect.signature(task.run) for task in tasks()]  # type: ignore[attr-defined]
    assert len(found) > 15
    for signature in found:
        names = list(signature.parameters)
        assert len(names) <= 1, signature
        assert all(name.endswith("_id") for name in names), signature


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def test_addresses_of_our_pages_carry_ids_and_our_own_words_alone() -> None:
    found = [one for one in patterns(get_resolver()) if str(one.callback.__module__).startswith("walletapp.")]
    assert len(found) > 30
    for pattern in found:
        for name, converter in pattern.pattern.converters.items():
            assert type(converter).__name__ in NO_CONVERTER_BUT, pattern
            assert name not in {"email", "name", "phone", "number"} or "reveal" in str(pattern.pattern), pattern
