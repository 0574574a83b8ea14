"""The sandbox's control room in Chromium: the cashier and the reviewer, played by hand."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.looking import problems_of


class Room:
    """One open control room. What is wrong with its pages is gathered in `problems`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(f"{self.page.url}: {message.text}"))

    def decide(self, email: str, button: str, reason: str = "") -> None:
        """As the reviewer: Approve, Revoke, Ask for more, Reject."""
        card = self._card("reviewer", email)
        if reason:
            card.get_by_label("Reason").fill(reason)
        self._press(card, button)

    def take_cash(self, code: str, amount: str) -> None:
        """As the cashier: type the code and take this much."""
        self.open("cashier")
        self.page.get_by_label("Code or barcode").fill(code)
        self.page.get_by_label("Cash handed over").fill(amount)
        self._press(self.page.locator("main"), "Take the cash")

    def let_run_out(self, code: str) -> None:
        self._press(self._card("cashier", code), "Let the code run out")

    def bank_deposit(self, number: str, amount: str, *, rail: str = "ach_in", sender: str = "") -> None:
        """As a bank: dollars for the virtual account with this number, from its owner unless somebody is named."""
        card = self._card("bank", number)
        card.get_by_label("USD arrive").fill(amount)
        card.locator("select[name=rail]").select_option(label=rail)
        card.get_by_label("From").fill(sender)
        self._press(card, "Deposit")

    def open(self, page: str) -> None:
        self.page.goto(f"{self.url}/control/{page}")
        self.problems += problems_of(self.page, has_script=True)

    def _card(self, page: str, text: str) -> Locator:
        self.open(page)
        return self.page.locator("article", has_text=text).first

    def _press(self, within: Locator, button: str) -> None:
        within.get_by_role("button", name=button, exact=True).first.click()
        expect(self.page.get_by_role("status")).to_be_visible()
