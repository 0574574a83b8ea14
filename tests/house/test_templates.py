"""Rules about the templates: the content policy forbids inline code and styles, and small pieces stay readable."""

from pathlib import Path

import pytest

from tests.house import source

LONGEST_PAGE = 120
LONGEST_PIECE = 50

FORBIDDEN = {
    "an inline style": r"\sstyle\s*=\s*[\"']",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "hx-on": r"\bhx-on\b",
    "a style block": r"<style\b",
    "a javascript: link": r"javascript:",
    "unescaped text": r"\|\s*safe\b|{%\s*autoescape\s+off",
    "htmx eval": r"hx-(vals|headers)\s*=\s*[\"']js:",
    "another site's file": r"<(script|link|img)[^>]+(src|href)=[\"'](https?:)?//",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    text = {path for path in source.templates() if path.suffix == ".txt"}
    pages = [path for path in source.templates() if path not in text and "email" not in path.parts]
    assert not [hit for path in pages for hit in source.lines_matching(path, FORBIDDEN[what])]


def test_every_script_is_a_file_or_data() -> None:
    """`<script>` stands only with a src, or as JSON that nothing runs."""
    pattern = r"<script(?![^>]*(\bsrc=|type=[\"']application/json))"
    assert not [hit for path in source.templates() for hit in source.lines_matching(path, pattern)]


def test_no_template_is_too_long() -> None:
    def limit(path: Path) -> int:
        return LONGEST_PIECE if path.name.startswith("_") else LONGEST_PAGE

    lines = {path: len(path.read_text().splitlines()) for path in source.templates()}
    assert not {source.name(path): count for path, count in lines.items() if count > limit(path)}


def test_no_style_sheet_or_script_of_ours_is_too_long() -> None:
    made = {"app.css", "theme.css"}  # compiled; and the one list of all colours
    files = [
        path
        for kind, folder in (("*.css", "css"), ("*.js", "js"))
        for path in (source.ROOT / "static" / folder).rglob(kind)
        if path.name not in made and "vendor" not in path.parts
    ]
    assert files
    long = {source.name(path): len(path.read_text().splitlines()) for path in files}
    assert not {name: lines for name, lines in long.items() if lines > 200}


def test_every_form_that_posts_carries_the_token() -> None:
    ours = [path for path in source.templates() if path.is_relative_to(source.ROOT / "templates")]
    texts = {source.name(path): path.read_text() for path in ours}
    assert not [name for name, text in texts.items() if text.count('method="post"') > text.count("{% csrf_token %}")]
