"""Row 3: text that is code, in every stored text field, on every page of its owner and of staff, and in every mail."""

import re
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from tests.faults.figures import Figures
from tests.house import source
from tests.security.cast import OWNER, ROOT, Cast
from tests.security.routes import routes
from walletapp.notifications.delivery import make_message
from walletapp.notifications.kinds import KINDS
from walletapp.notifications.models import Notice

ROW = 3

# In this order, because short fields hold only the beginning.
PAYLOADS = (
    "\"'><xss onxss=1>",
    "</script><xss onxss=1>",
    "{{ 7|add:'x' }}<xss>",
    "--><xss onxss=1 hx-get=/x>",
    'javascript:xss()//"><xss>',
    "]]><xss><svg onload=xss()>",
)
# What an address or a state is made of decides what the page does; these are set by us alone.
KEPT = {"kind", "state", "status", "rail", "operation", "chain", "asset", "custody", "currency", "asked_side"}
KEPT |= {"fixed_side", "slot", "direction", "word", "hash", "prev_hash", "email", "password", "oms_id", "idem_key"}
KEPT |= {"account_type", "source_asset", "destination_asset", "rate", "name", "lease_token", "use_case"}


class Finder(HTMLParser):
    """Whether a page has an element or an attribute that only the payloads have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if tag == "xss" or "onxss" in names or any(name.startswith("on") for name in names):
            self.found.append(tag)
        if any(value and value.lower().startswith("javascript:") for name, value in attrs if name in {"href", "src"}):
            self.found.append(f"{tag} javascript:")


def test_text_that_is_code_is_shown_as_text(cast: Cast, figures: Figures) -> None:
    pages, shown, ran = 0, 0, []
    fields: set[str] = set()
    for payload in PAYLOADS:
        fields |= _plant(payload)
        mine = [route.thing for route in routes(cast) if not route.name.startswith(("admin:", "account_logout"))]
        urls = [(OWNER, url) for url in mine]
        urls += [(ROOT, route.thing) for route in routes(cast) if route.name.endswith(("_changelist", "_change"))]
        for role, url in urls:
            answer = cast.ask(role, "GET", url)
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                continue
            text = answer.content.decode()
            pages, shown = pages + 1, shown + ("&lt;xss" in text)
            if finder := _code_in(text):
                ran.append(f"{url}: {finder}")
    figures.hold("text fields with code in them", len(fields), ">= 30", len(fields) >= 30)
    figures.hold("pages looked at", pages, ">= 400", pages >= 400)
    figures.hold("pages that show it as text", shown, ">= 60", shown >= 60)
    figures.zero("pages on which it became code", ran)
    figures.zero("mails in which it became code", _mails(cast))


def test_the_sweep_sees_code(figures: Figures) -> None:
    pages = ["<p>\"'><xss onxss=1></p>", '<a href="javascript:xss()">', "<b onclick=x>"]
    missed = [page for page in pages if not _code_in(page)]
    figures.zero("code that the sweep misses", missed)
    texts = ["&lt;xss onxss=1&gt;", "<p title='&lt;xss'>"]
    figures.zero("text that it takes for code", [text for text in texts if _code_in(text)])


def _code_in(text: str) -> list[str]:
    finder = Finder()
    finder.feed(text)
    return finder.found


def _plant(payload: str) -> set[str]:
    """Put it into every text of every row of ours that the database lets it into."""
    planted = set()
    for model in apps.get_models():
        if not model.__module__.startswith("walletapp."):
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if not is_text or field.name in KEPT or field.unique or field.primary_key:
                continue
            try:
                with transaction.atomic():
                    value = payload[: getattr(field, "max_length", None) or 500]
                    if model._default_manager.update(**{field.name: value}):
                        planted.add(f"{model._meta.label}.{field.name}")
            except DatabaseError:  # a trigger or a check of the table refuses it
                continue
    return planted


def _mails(cast: Cast) -> list[str]:
    wrong = []
    texts = " ".join(path.read_text() for path in (source.ROOT / "templates" / "email").iterdir())
    names = set(re.findall(r"{{ *(\w+)", texts))
    assert {"other_party", "payee", "reason"} <= names
    for kind in KINDS:
        for payload in PAYLOADS:
            context: dict[str, Any] = dict.fromkeys(names, payload)
            message = make_message(Notice(user=cast.alice, kind=kind, context=context, dedupe_key=kind))
            [html] = [str(text) for text, _kind in message.alternatives]
            if _code_in(html) or "\n" in message.subject:
                wrong.append(f"{kind}: {payload}")
    return wrong
