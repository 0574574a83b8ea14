"""The style sheet, scripts, icons and fonts that are served: current, ours, small."""

import re

import pytest
from django.contrib.staticfiles import finders

from tests.house import source

STATIC = source.ROOT / "static"
CSS = (STATIC / "css" / "app.css").read_text()
# Marks for scripts and tests, without a look of their own.
HOOKS = {"new", "old"}


def page_templates() -> list[str]:
    """The text of every page of ours; the admin, the control room and e-mail have their own looks."""
    other = {"email", "admin", "control"}
    paths = [path for path in (source.ROOT / "templates").rglob("*.html") if not other & set(path.parts)]
    return [source.without_comments(path) for path in paths]


def classes_used() -> set[str]:
    """Every class a template names in full. One that is put together from parts shows in the style page instead."""
    found: set[str] = set()
    for text in page_templates():
        for value in re.findall(r'\sclass="((?:[^"{]|{%.*?%}|{{.*?}})*)"', text, re.DOTALL):
            plain = re.sub(r"\S*{{.*?}}\S*", " ", value)
            found |= set(re.sub(r"{%.*?%}", " ", plain).split())
    return found


def test_every_class_in_a_template_is_in_the_compiled_styles() -> None:
    selectors = set(re.findall(r"\.((?:\\.|[\w-])+)", CSS))
    known = {selector.replace("\\", "") for selector in selectors}
    assert sorted(classes_used() - known - HOOKS) == [], "run `make css`"


def test_the_styles_fetch_nothing_from_elsewhere() -> None:
    text = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    addresses = re.findall(r"url\(([^)]*)\)", text)
    assert addresses
    assert all(address.startswith("/static/fonts/") for address in addresses)
    assert not re.search(r"https?:|@import|data:", text)


def test_the_styles_are_small() -> None:
    assert len(CSS) < 150_000


def test_the_fonts_are_small_and_carry_their_licence() -> None:
    fonts = STATIC / "fonts"
    assert sum(path.stat().st_size for path in fonts.glob("*.woff2")) < 150_000
    assert "SIL Open Font License" in (fonts / "figtree-OFL.txt").read_text()


def test_every_icon_that_is_named_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    named = {name for text in page_templates() for name in re.findall(r'{% icon "([\w-]+)"', text)}
    named |= {name for text in page_templates() for name in re.findall(r'\bicon="([\w-]+)"', text)}
    assert named - drawn == set()


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.stem)
def test_a_behaviour_is_short_and_evaluates_nothing(path: object) -> None:
    text = (STATIC / "js" / getattr(path, "name", "")).read_text()
    assert len(text.splitlines()) < 80
    assert text.startswith("//")
    assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML\s*=|document\.write|setAttribute\(.style", text)


def test_every_behaviour_is_on_the_page_or_asked_for_by_one() -> None:
    asked = {name for text in page_templates() for name in re.findall(r"static ['\"]js/([\w-]+\.js)", text)}
    assert {path.name for path in (STATIC / "js").glob("*.js")} == asked


def test_the_tools_of_the_admin_do_not_shadow_ours() -> None:
    assert finders.find("css/app.css") == str(STATIC / "css" / "app.css")
