"""The one question of a first send to an address outside: is it at an exchange?

Exchanges lose, or keep for months, what arrives on a network they do not watch. So "yes" wants one look at the deposit
page of the exchange before anything is priced. What was answered is kept with the transfer, and shown on its review.
"""

from django.db.models import TextChoices

from walletapp.refusals import Refusal


class AtExchange(TextChoices):
    NO = "no", "No, it is in a wallet app or on a hardware wallet"
    YES = "yes", "Yes, it is a deposit address at an exchange"
    UNKNOWN = "unknown", "I do not know"


# As the review page says it.
SAID = {
    AtExchange.NO: "In a wallet, as you said",
    AtExchange.YES: "At an exchange that takes USDC on Polygon there, as you checked",
    AtExchange.UNKNOWN: "You do not know whether it is at an exchange",
}


class NotAnswered(Refusal):
    """The question was not answered. Nothing was changed."""

    code = "exchange_question"


def require_answer(answer: str, network_checked: bool) -> None:
    """Raises NotAnswered until the question is answered, and, for an exchange, its network was looked up."""
    if answer not in AtExchange.values:
        raise NotAnswered("You have not sent to this address before. Please answer this first.", field="at_exchange")
    if answer == AtExchange.YES and not network_checked:
        raise NotAnswered(
            "Look at the deposit page of the exchange: it must say USDC and Polygon, and not USDC.e. Money that comes "
            "on another network than it says there is lost. Nothing was sent. Tick this when you have looked.",
            field="network_checked",
        )
