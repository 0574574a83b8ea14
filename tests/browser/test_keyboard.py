"""A send with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.chromium import DESK
from tests.browser.fixtures import Customers, Walkers
from tests.browser.walker import Walker

_NAME = """
() => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return (e.getAttribute("aria-label") || label || e.textContent || "").replace(/\\s+/g, " ").trim();
}
"""

# A focus ring: an outline or a shadow that is not there otherwise, on the element or the box around it.
_IS_SEEN = """
() => {
  const ringed = (e) => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  };
  const e = document.activeElement;
  return ringed(e) || (e.parentElement && ringed(e.parentElement)) || ringed(e.closest("label, .affix") || e);
}
"""


def tab_to(walker: Walker, name: str) -> None:
    """Press Tab until the focus is on the thing of that name; every stop on the way must be seen to have it."""
    for _ in range(60):
        walker.page.keyboard.press("Tab")
        assert walker.page.evaluate(_IS_SEEN), f"the focus cannot be seen on {walker.page.evaluate(_NAME)!r}"
        if walker.page.evaluate(_NAME).startswith(name):
            return
    raise AssertionError(f"{name!r} is not reached with Tab on {walker.page.url}")


def type_into(walker: Walker, label: str, text: str) -> None:
    tab_to(walker, label)
    walker.page.keyboard.type(text)


def press_key(walker: Walker, key: str, then: str) -> None:
    walker.leave_by(lambda: walker.page.keyboard.press(key), then)


def test_a_send_from_sign_in_to_done(walkers: Walkers, customers: Customers, has_script: bool, bob: str) -> None:
    email = customers(holding="50")
    walker = walkers(has_script=has_script, size=DESK)
    walker.open("/account/login/")
    walker.page.keyboard.press("Tab")
    assert walker.page.evaluate(_NAME) == "Skip to the content"
    walker.page.keyboard.press("Enter")
    type_into(walker, "E-mail", email)
    type_into(walker, "Password", steps.PASSWORD)
    press_key(walker, "Enter", "One more step")
    walker.email = email
    type_into(walker, steps.SECOND_STEP, steps.code_of(walker))
    press_key(walker, "Enter", "Available")

    tab_to(walker, "Send")
    press_key(walker, "Enter", "To somebody here by e-mail")
    type_into(walker, "To", bob)
    type_into(walker, "Amount", "3.21")
    tab_to(walker, "They get exactly this")
    walker.page.keyboard.press("ArrowDown")
    expect(walker.field("I pay exactly this, fees included")).to_be_checked()
    tab_to(walker, "See the price")
    press_key(walker, "Enter", "Review")

    type_into(walker, "Code from your app", steps.code_of(walker))
    tab_to(walker, "Send 3.21 USDC on Polygon")
    press_key(walker, "Space", "Send")
    walker.waits_for("3.21 USDC arrived")


def test_after_a_mistake_the_focus_goes_to_the_field_that_is_wrong(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich)
    walker.open("/send/")
    walker.fill("To", "nobody")
    walker.fill("Amount", "1")
    walker.press("See the price", then="Enter an e-mail address of a customer here")
    expect(walker.field("To")).to_be_focused()


def test_the_account_menu_opens_and_closes_by_the_keyboard(walkers: Walkers, rich: str) -> None:
    walker = walkers(email=rich, size=DESK)
    walker.open("/home/")
    tab_to(walker, "Account")
    page: Page = walker.page
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Security")).to_be_visible()
    walker.look()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Security")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
