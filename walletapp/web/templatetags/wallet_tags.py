"""How money, addresses, states, times, icons and form controls are written on a page.

What must stay true: an unknown amount is never shown as zero; amounts are never rounded; the text of an address on the
page, copied or read, is the address itself (grouping is spacing only); states are the seven words people know.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from walletapp.moments import written, written_day
from walletapp.money import Money

register = template.Library()

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
UNKNOWN = "unknown"
MINUS = "\N{MINUS SIGN}"

# word -> (tone, icon). Nothing is told by the tone alone.
STATES = {
    "Waiting for you": ("warn", "person"),
    "Waiting for the store": ("info", "store"),
    "Waiting for the bank": ("info", "bank"),
    "In progress": ("info", "progress"),
    "Checking": ("warn", "checking"),
    "Done": ("good", "good"),
    "Came back": ("quiet", "back"),
    "Did not happen": ("quiet", "stopped"),
}
_TONES = {"success": "good", "warning": "warn", "error": "bad", "debug": "info"}
_CLASSES = {"checkbox": "checkbox checkbox-primary", "select": "select", "radio": "radio radio-primary"}


@register.filter
def as_json(value: object) -> str:
    """For a data- attribute, which the template escapes."""
    return json.dumps(value)


@register.filter
def dollars(money: Money | None) -> str:
    """$25.00; USDC too, which is what a dollar in this wallet is."""
    if money is None:
        return UNKNOWN
    return f"{MINUS if money.minor < 0 else ''}${money.text().lstrip('-')}"


@register.filter
def units(money: Money | None) -> str:
    """25.00 USDC"""
    return UNKNOWN if money is None else str(money).replace("-", MINUS)


@register.filter
def both(money: Money | None) -> str:
    """$25.00 (25.00 USDC)"""
    return UNKNOWN if money is None else f"{dollars(money)} ({units(money)})"


@register.filter
def exact(money: Money | None) -> str:
    """25.000000 USDC: every place the currency has."""
    if money is None:
        return UNKNOWN
    return f"{money.text(money.currency.places)} {money.currency.code}".replace("-", MINUS)


@register.filter
def signed(money: Money | None) -> str:
    """+$25.00 or \N{MINUS SIGN}$25.00: money in or out, readable without colour."""
    return f"+{dollars(money)}" if money is not None and money.minor > 0 else dollars(money)


@register.filter
def shown(value: object) -> str:
    """An amount in its own currency, or any other value as text. For components that take either."""
    if isinstance(value, Money):
        return dollars(value) if value.currency.code == "USD" else units(value)
    return UNKNOWN if value is None else str(value)


@register.filter
def fee(value: object) -> str:
    """As `shown`, but a fee of zero says so in words."""
    return "no fee" if isinstance(value, Money) and not value else shown(value)


@register.filter
def figure(money: Money) -> tuple[str, str]:
    """("$1,250", ".00"): the two sizes of a big amount."""
    whole, _, decimals = dollars(money).partition(".")
    return whole, f".{decimals}"


@register.filter
def within(words: str) -> str:
    """A title within a sentence: its first letter small, unless it begins with letters such as ACH."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


@register.filter
def grouped(address: str) -> SafeString:
    """The address in groups of four. The space between them is style: what is selected and copied has none."""
    start = 2 if address.startswith("0x") else 4
    parts = [address[:start], *(address[at : at + 4] for at in range(start, len(address), 4))]
    return format_html(
        '<span class="addr">{}</span>', format_html_join("", "<span>{}</span><wbr>", ((p,) for p in parts))
    )


@register.filter
def party(who: str) -> str:
    """Who the other one is: an address in full, in groups of four; anything else as it is."""
    return grouped(who) if _ADDRESS.fullmatch(who) else who


def short_party(who: str) -> str:
    """For lists, where the full address is one press away: 0x8617...070D."""
    return f"{who[:6]}\N{HORIZONTAL ELLIPSIS}{who[-4:]}" if _ADDRESS.fullmatch(who) else who


@register.filter
def tone(kind: str | None) -> str:
    """info, good, warn or bad, from one of these or from the level of a Django message."""
    return _TONES.get(kind or "info", kind or "info")


@register.filter
def position(steps: Sequence[str], current: str | int) -> int:
    """Where `current` stands in `steps`, from 1. It may be that number already."""
    return current if isinstance(current, int) else steps.index(current) + 1


@register.filter
def at(steps: Sequence[str], number: int) -> str:
    """The label of step `number`, from 1."""
    return steps[number - 1]


@register.filter
def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, for scripts."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of static/img/icons.svg. The words beside it must say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def state(word: str) -> SafeString:
    """One of the seven words, as a badge with an icon. A word we do not know is a mistake of ours: KeyError."""
    tone, name = STATES[word]
    return format_html('<span class="state state-{}">{}{}</span>', tone, icon(name), word)


@register.simple_tag
def when(moment: datetime | None, shape: str = "datetime") -> SafeString | str:
    """A time: in UTC without JavaScript, in the reader's own zone with it. `shape`: datetime, date, time or seconds."""
    if moment is None:
        return UNKNOWN
    utc = moment.astimezone(UTC)
    text = {
        "date": written_day(utc),
        "time": f"{utc:%H:%M} UTC",
        "seconds": f"{utc:%H:%M:%S} UTC",
    }.get(shape, written(utc))
    return format_html(
        '<time datetime="{}" data-local="{}" title="{}">{}</time>',
        utc.isoformat(timespec="seconds"),
        shape,
        f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        text,
    )


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """The field's input with the classes of our look and `attrs` (underscores become hyphens)."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "textarea")
    ours = "" if attrs.pop("bare", "") else _CLASSES.get(kind, "textarea" if kind == "textarea" else "input")
    given: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items() if value}
    if str(widget.attrs.get("placeholder", "")).startswith(str(field.label)):
        given["placeholder"] = False  # it only repeats the label, and vanishes when one needs it
    given["class"] = " ".join(part for part in (ours, widget.attrs.get("class", "")) if part)
    return field.as_widget(attrs=given)
