"""System checks of the sanctions list: it can be read, and it is one to rely on."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own names

from walletapp.chain import sanctions


@register()
def check_list(**kwargs: Any) -> list[CheckMessage]:
    """Nothing can be sent without it, so it is said before anybody tries."""
    try:
        sanctions.listed()
    except sanctions.ListUnreadable as problem:
        return [Error(f"The sanctions list cannot be used: {problem}", hint="See SANCTIONS_LIST.", id="chain.E001")]
    return []


@register(Tags.security, deploy=True)
def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    """The sample is for the demo."""
    if settings.SANCTIONS_LIST != settings.SANCTIONS_SAMPLE:
        return []
    return [Warning("SANCTIONS_LIST is not set: only the four addresses of the sample are screened.", id="chain.W001")]
