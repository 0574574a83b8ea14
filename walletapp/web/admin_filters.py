"""Filters of the admin's lists that ask a yes-or-no question. Nothing here knows a model."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest


def yes_no(title: str, parameter: str, those: Callable[[], Q]) -> type[admin.SimpleListFilter]:
    """A filter whose answer is yes for the rows that `those()` picks, asked anew for every page."""

    class Filter(admin.SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("yes", "Yes"), ("no", "No")]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            answers = {"yes": queryset.filter, "no": queryset.exclude}
            answer = answers.get(self.value() or "")
            return answer(those()) if answer else queryset

    Filter.title, Filter.parameter_name = title, parameter
    return Filter
