"""A statement on paper: one PDF, made at once, with nothing in it that is not in the statement.

The letters of the paper are those of the PDF standard, so that no font has to be carried along; a name with other
letters is written with the nearest of these.
"""

import html
import io
import unicodedata
from typing import Any

from django.conf import settings
from django.utils import timezone

from walletapp.money import Money
from walletapp.privacy.statements import Line, Statement

_HEAD = ("Date (UTC)", "What", "From or to", "Fee, within it", "In or out", "Balance")
_WIDTHS = (68, 72, 192, 54, 72, 72)  # points; together the width between the margins of US letter
_SIZE = 7  # of every letter in a table, so that an address stands on one line


def statement_pdf(statement: Statement, *, name: str, address: str) -> bytes:
    """The file. `name` is the person's, `address` their wallet's on Polygon."""
    # Here, because reportlab takes a third of a second to load and few requests need it.
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out,
        pagesize=LETTER,
        leftMargin=41,
        rightMargin=41,
        title=f"{settings.PRODUCT_NAME} statement",
        author=settings.PRODUCT_NAME,
        pageCompression=0,
    )
    made = f"Made on {timezone.now():%Y-%m-%d %H:%M} UTC. Amounts are USDC on Polygon, exact to the last place."
    story: list[Any] = [
        Paragraph(_text(f"{settings.PRODUCT_NAME} statement"), styles["Title"]),
        Paragraph(_text(statement.period.title), styles["Heading2"]),
        *(Paragraph(_text(line), styles["Normal"]) for line in (name, address, made) if line),
        Spacer(1, 14),
        _totals(statement),
        Spacer(1, 14),
        _lines(statement),
        Spacer(1, 14),
        Paragraph(
            _text(
                "Money on hold for a transfer under way is part of the balance until it has left. "
                f"Questions: {settings.SUPPORT_EMAIL}"
            ),
            styles["Normal"],
        ),
    ]
    paper.build(story)
    return out.getvalue()


def _totals(statement: Statement) -> Any:
    from reportlab.platypus import Table

    rows = [
        ("Balance at the start", str(statement.opening)),
        ("Money in", str(statement.money_in)),
        ("Money out", str(-statement.money_out) if statement.money_out else str(statement.money_out)),
        *([("of that, fees", str(statement.fees))] if statement.fees else []),
        ("Balance at the end", str(statement.closing)),
    ]
    return Table(rows, colWidths=(180, 160), hAlign="LEFT", style=_style())


def _lines(statement: Statement) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table

    style = ParagraphStyle("cell", fontName="Helvetica", fontSize=_SIZE, leading=_SIZE + 2)
    if not statement.lines:
        return Paragraph("Nothing came in and nothing went out in this time.", style)
    rows = [_HEAD, *(_row(line, style) for line in statement.lines)]
    return Table(rows, colWidths=_WIDTHS, repeatRows=1, hAlign="LEFT", style=_style())


def _row(line: Line, style: Any) -> tuple[Any, ...]:
    from reportlab.platypus import Paragraph

    party = Paragraph(_text(line.other_party), style)
    what, fee = Paragraph(_text(line.what), style), str(line.fee) if line.fee else ""
    return (f"{line.at:%Y-%m-%d %H:%M}", what, party, fee, _signed(line.amount), str(line.balance))


def _signed(amount: Money) -> str:
    return f"+{amount}" if amount.minor > 0 else str(amount)


def _style() -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import TableStyle

    return TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), "Helvetica", _SIZE, _SIZE + 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
        ]
    )


def _text(text: str) -> str:
    """Letters the paper's fonts have, and nothing that would be taken for markup."""
    known = "".join(_letter(letter) for letter in text)
    return html.escape(known, quote=False)


def _letter(letter: str) -> str:
    if letter.isprintable() and letter.encode("cp1252", "ignore"):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain if plain.isprintable() and plain else "?"
