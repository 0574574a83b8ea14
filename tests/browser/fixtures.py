"""The fixtures of everything that walks the product: stages, a browser, and people at it.

A stage is started once in a test run for each way of running it and calmed before every test. People are new in every
test, so that tests need not know of each other.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import steps
from tests.browser.chromium import DESK, PHONE, Size, new_context
from tests.browser.room import Room
from tests.browser.stage import Stage, staged
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker

Walkers = Callable[..., Walker]
Customers = Callable[..., str]


@pytest.fixture(scope="session")
def quote_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo as it comes, but for its people."""
    with staged(tmp_path_factory.mktemp("quote")) as stage:
        yield stage


@pytest.fixture(scope="session")
def cash_in_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo with OMS's other way of taking cash."""
    with staged(tmp_path_factory.mktemp("cash_in"), funding="cash_in") as stage:
        yield stage


@pytest.fixture
def stage(quote_stage: Stage) -> Stage:
    quote_stage.calm()
    return quote_stage


@pytest.fixture(params=[True, False], ids=["script", "noscript"])
def has_script(request: pytest.FixtureRequest) -> bool:
    """Whether the person's browser runs scripts: every test that asks for it is walked both ways."""
    return bool(request.param)


@pytest.fixture
def walkers(browser: Browser, stage: Stage) -> Iterator[Walkers]:
    """Makes people at browsers of their own: `walkers(has_script=..., email=..., size=...)`.

    With an e-mail they are signed in already, by password and just now, without the walk to the sign-in page that other
    tests take. Whatever they found wrong fails the test.
    """
    made: list[Walker] = []

    def make(*, has_script: bool = True, email: str = "", size: Size = PHONE) -> Walker:
        context = new_context(browser, stage.url, has_script=has_script, size=size)
        walker = Walker(stage, context, has_script=has_script, email=email)
        made.append(walker)
        if email:
            bring_session(walker, email)
        return walker

    yield make
    problems = [problem for walker in made for problem in walker.finish()]
    for walker in made:
        walker.context.close()
    assert not problems, "\n".join(problems)


def bring_session(walker: Walker, email: str) -> None:
    """Sign in over plain HTTP and give the browser the cookies."""
    visitor = Visitor(walker.stage)
    steps.sign_in(visitor, email)
    assert "/account/" not in visitor.path, visitor.main
    for name, value in visitor.session.cookies.get_dict().items():
        walker.context.add_cookies([{"name": name, "value": value, "url": walker.stage.url, "httpOnly": True}])


@pytest.fixture
def walker(walkers: Walkers, has_script: bool) -> Walker:
    """Somebody nobody knows yet."""
    return walkers(has_script=has_script)


@pytest.fixture
def room(browser: Browser, stage: Stage) -> Iterator[Room]:
    """The sandbox's control room, at a desk."""
    context = new_context(browser, stage.url, size=DESK)
    room = Room(context, stage.demo.sandbox_url)
    yield room
    context.close()
    assert not room.problems, "\n".join(room.problems)


@pytest.fixture
def customers(stage: Stage) -> Customers:
    """Verified people with a wallet, whom no other test knows: `customers(holding="100")` answers with the e-mail."""
    return lambda *, holding="": _make_customer(stage, holding)


@pytest.fixture(scope="session")
def bob(quote_stage: Stage) -> str:
    """Somebody to send to, when it does not matter what else they received."""
    return _make_customer(quote_stage, "")


@pytest.fixture(scope="session")
def rich(quote_stage: Stage) -> str:
    """Somebody with more than enough, when it does not matter how much."""
    return _make_customer(quote_stage, "9000")


def _make_customer(stage: Stage, holding: str) -> str:
    email = stage.somebody_new(steps.PASSWORD)
    if holding:
        visitor = Visitor(stage)
        steps.sign_in(visitor, email)
        steps.hold_money(visitor, holding)
    return email
