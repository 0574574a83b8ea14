"""A cache whose server is away."""

from typing import Any

from django.core.cache.backends.base import BaseCache


class Away(BaseCache):
    """Every call fails, as with a Redis nobody runs."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("nobody is there")

    add = get = set = delete = touch = clear = _fail
