"""The product's name and colours come from settings, and nothing unsafe gets into the style sheet."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from walletapp.web import theme
from walletapp.web.checks import check_colours


def test_the_accent_of_the_settings_reaches_the_page(client: Client, settings: Any) -> None:
    settings.THEME_ACCENT, settings.THEME_ACCENT_DARK = "#123ABC", "#ffcc00"
    response = client.get("/theme.css")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    assert "--color-primary:#123abc" in text
    assert "prefers-color-scheme:dark" in text
    assert "--color-primary:#ffcc00" in text


def test_another_colour_is_another_address(settings: Any) -> None:
    before = theme.version()
    settings.THEME_ACCENT = "#123abc"
    assert theme.version() != before


@pytest.mark.parametrize("colour", ["red", "#12345", "#123456;}body{display:none", "", None])
def test_anything_but_a_colour_is_refused(settings: Any, colour: object) -> None:
    settings.THEME_ACCENT = colour
    with pytest.raises(ImproperlyConfigured):
        theme.style_sheet()
    assert [found.id for found in check_colours()] == ["web.E001"]


def test_text_on_the_accent_can_be_read() -> None:
    for colour in ("#0b5d51", "#5fd0b8", "#ffcc00", "#000000", "#ffffff", "#777777"):
        assert theme.contrast(colour, theme.readable_on(colour)) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_an_accent_nobody_could_read_is_warned_of(settings: Any) -> None:
    assert check_colours() == []
    settings.THEME_ACCENT = "#ffee00"
    assert [found.id for found in check_colours()] == ["web.W001"]


def test_the_name_of_the_product_comes_from_settings(client: Client, db: None, settings: Any) -> None:
    settings.PRODUCT_NAME = "Quayside"
    text = client.get("/").content.decode()
    assert "Quayside" in text
    assert "Harbor" not in text


def test_the_icon_has_the_colour_of_the_product(client: Client, settings: Any) -> None:
    settings.THEME_ACCENT = "#123abc"
    response = client.get("/favicon.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert b'fill="#123abc"' in response.content
