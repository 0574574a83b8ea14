"""Reading a page as a browser without scripts would: its forms with their fields, its links, its text.

Only what this product's pages use. A form is found by the button that is pressed.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_WITHIN_WORDS = {"small", "wbr", "b", "strong", "em", "time", "use", "svg"}
_CONTROLS = {"input", "textarea", "select", "button"}
_SILENT = {"script", "style", "template", "svg"}


def tidy(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Control:
    """An input, select, textarea or button as it stands in a form."""

    kind: str
    name: str
    value: str
    id: str
    is_checked: bool = False
    is_disabled: bool = False
    label: str = ""
    options: dict[str, str] = field(default_factory=dict)

    @property
    def is_sent(self) -> bool:
        if self.is_disabled or not self.name or self.kind in {"submit", "button"}:
            return False
        return self.is_checked if self.kind in {"checkbox", "radio"} else True


@dataclass
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)


@dataclass
class Link:
    text: str
    href: str


class Page(HTMLParser):
    """One page: `forms`, `links`, `text` of all, `main` text, `title`, `heading`."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self.ids: list[str] = []
        self.title = self.heading = ""
        self._main: list[str] = []
        self._open: list[str] = []
        self._labels: list[tuple[str, list[str]]] = []
        self._gathering: dict[str, list[str]] = {}
        self._buttons: list[tuple[Control, list[str]]] = []
        self._hrefs: list[tuple[str, list[str]]] = []
        self._select: Control | None = None
        self._option: tuple[str, list[str]] | None = None
        self.feed(source)
        self._name_controls()

    @property
    def main(self) -> str:
        return tidy("".join(self._main))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._break_words(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in _VOID:
            self._open.append(tag)
        begins = {"form": self._begin_form, "option": self._begin_option}
        if tag in _CONTROLS:
            self._begin_control(tag, given)
        elif tag in begins:
            begins[tag](given)
        elif tag == "label":
            self._labels.append((given.get("for", ""), []))
        elif tag == "a":
            self._hrefs.append((given.get("href", ""), []))
        elif tag in {"title", "h1"}:
            self._gathering[tag] = []

    def handle_endtag(self, tag: str) -> None:
        self._break_words(tag)
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass
        ends = {"select": self._end_select, "option": self._end_option, "button": self._end_button, "a": self._end_link}
        if tag in ends:
            ends[tag]()
        elif tag in self._gathering:
            setattr(self, {"h1": "heading"}.get(tag, tag), tidy("".join(self._gathering.pop(tag))))

    def _begin_form(self, given: dict[str, str]) -> None:
        self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))

    def _begin_option(self, given: dict[str, str]) -> None:
        if self._select is not None:
            self._option = (given.get("value", ""), [])
            if "selected" in given or not self._select.options:
                self._select.value = given.get("value", "")

    def _begin_control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", {"input": "text", "button": "submit"}.get(tag, tag))
        value = given.get("value", "on" if kind == "checkbox" else "")
        made = Control(kind, given.get("name", ""), value, given.get("id", ""), "checked" in given, "disabled" in given)
        if "form" not in self._open:
            self.forms.append(Form("", "none"))  # a button of the page itself, such as Copy
        self.forms[-1].controls.append(made)
        if tag == "button":
            self._buttons.append((made, []))
        elif tag == "select":
            self._select = made

    def _break_words(self, tag: str) -> None:
        if tag not in _WITHIN_WORDS:
            self._main.append(" ")

    def _end_select(self) -> None:
        self._select = None

    def _end_option(self) -> None:
        if self._option and self._select is not None:
            self._select.options[tidy("".join(self._option[1]))] = self._option[0]
        self._option = None

    def _end_button(self) -> None:
        made, words = self._buttons[-1]
        made.label = tidy("".join(words))

    def _end_link(self) -> None:
        href, words = self._hrefs.pop()
        self.links.append(Link(tidy("".join(words)), href))

    def handle_data(self, data: str) -> None:
        if _SILENT & set(self._open):
            return
        if "main" in self._open and "select" not in self._open:
            self._main.append(data)
        for gathered in self._gathering.values():
            gathered.append(data)
        if self._option:
            self._option[1].append(data)
        if "button" in self._open:
            self._buttons[-1][1].append(data)
        if "label" in self._open:
            self._labels[-1][1].append(data)
        if "a" in self._open and self._hrefs:
            self._hrefs[-1][1].append(data)

    def _name_controls(self) -> None:
        names = {target: tidy("".join(words)) for target, words in self._labels if target}
        for form in self.forms:
            for control in form.controls:
                control.label = control.label or names.get(control.id, "")
