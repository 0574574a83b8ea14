"""What a customer is told about a transfer, as one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Telling:
    """`word` is one of the seven; `title` is the headline; `text` says where the money is; `next` what to expect."""

    word: str
    title: str
    text: str
    next: str = ""
