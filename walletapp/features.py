"""Every flag and every kill switch, and what each of them stops. Their values live in the database and are changed in
the admin.

A flag gives somebody early access; a switch stops something for everybody. What must stay true: banner, button, the
refusal behind it and the public status page all ask here, so that they cannot disagree; values are read from the
database and from no cache, so that a change counts from the next request on. Money already on its way is never asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waffle import get_waffle_flag_model, get_waffle_switch_model

from walletapp.refusals import Refusal

BANK_FUNDING = "bank_funding"
BANK_PAYOUTS_ACH = "bank_payouts_ach"
BANK_PAYOUTS_WIRE = "bank_payouts_wire"

FLAGS = {
    BANK_FUNDING: "Bank transfers: fund the wallet by ACH to a virtual account (early access)",
    BANK_PAYOUTS_ACH: "Bank transfers: withdraw to a bank account by ACH (early access)",
    BANK_PAYOUTS_WIRE: "Bank transfers: withdraw to a bank account by wire (early access)",
}

CASH_IN = "cash_in"
SENDS = "sends"
OUTGOING = "outgoing"
SIGN_UPS = "sign_ups"
READ_ONLY = "read_only"

SWITCHES = {
    CASH_IN: "On: cash can be added at stores. Off: no new codes; codes that are out can still be paid.",
    SENDS: "On: people can send. Off: no new sends; what is on its way still arrives.",
    OUTGOING: "On: money can leave. Off: no new sends and no new withdrawals to a bank, whatever else is on.",
    SIGN_UPS: "On: new people can open an account.",
    READ_ONLY: "On: nothing new begins and nothing is changed; people can sign in and look. Off: as usual.",
}
AS_USUAL = {name: name != READ_ONLY for name in SWITCHES}


class SwitchedOff(Refusal):
    """Staff have stopped this for now, or it is not open for this person. Nothing was changed."""

    code = "switched_off"


@dataclass(frozen=True, slots=True)
class Rail:
    """One thing people can do with money here. `flag`: early access, for whom it is on. `stopped_by`: switches."""

    key: str
    title: str
    stopped_by: tuple[str, ...]
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rail stands for everybody, or for the one person it was asked for. `concerns`: they would use it."""

    rail: Rail
    is_stopped: bool
    is_open: bool
    concerns: bool
    since: datetime | None

    @property
    def word(self) -> str:
        """One of open, early access, stopped."""
        if self.is_stopped:
            return "stopped"
        return "open" if self.is_open else "early access"


_OUT = (SENDS, OUTGOING, READ_ONLY)
RAILS = {
    rail.key: rail
    for rail in (
        Rail(CASH_IN, "Adding cash at a store", (CASH_IN, READ_ONLY)),
        Rail(SENDS, "Sending", _OUT),
        Rail(BANK_FUNDING, "Adding money by bank transfer", (READ_ONLY,), BANK_FUNDING),
        Rail(BANK_PAYOUTS_ACH, "Withdrawing to a bank by ACH", (OUTGOING, READ_ONLY), BANK_PAYOUTS_ACH),
        Rail(BANK_PAYOUTS_WIRE, "Withdrawing to a bank by wire", (OUTGOING, READ_ONLY), BANK_PAYOUTS_WIRE),
        Rail(SIGN_UPS, "Opening an account", (SIGN_UPS, READ_ONLY)),
    )
}


def is_on(flag: str, user: Any) -> bool:
    """Whether `flag` is on for this person. A flag that nobody has created yet is off."""
    found = get_waffle_flag_model().objects.filter(name=flag).first()
    return found is not None and bool(found.is_active_for_user(user))


def standings(user: Any = None) -> dict[str, Standing]:
    """Every rail by its key, for everybody or for one person."""
    switches = {row.name: row for row in get_waffle_switch_model().objects.filter(name__in=SWITCHES)}
    flags = {row.name: row for row in get_waffle_flag_model().objects.filter(name__in=FLAGS)}
    theirs = _flags_of(user, flags)
    return {rail.key: _standing(rail, switches, flags, theirs) for rail in RAILS.values()}


def is_read_only() -> bool:
    return bool(get_waffle_switch_model().objects.filter(name=READ_ONLY, active=True).exists())


def is_open(key: str, user: Any) -> bool:
    """Whether this person can use that rail now."""
    return standings(user)[key].is_open


def require_open(key: str, user: Any) -> None:
    """Raises SwitchedOff where the rail is stopped, or not open for this person."""
    standing = standings(user)[key]
    if standing.is_stopped:
        raise SwitchedOff(
            f"{standing.rail.title} is stopped for now. Nothing was changed, and your money is safe. "
            "The status page shows when it is open again."
        )
    if not standing.is_open:
        raise SwitchedOff(f"{standing.rail.title} is not open for you yet. Nothing was changed.")


def _flags_of(user: Any, flags: dict[str, Any]) -> set[str]:
    """The flags that are for this person, whatever they say about everyone. For nobody in particular: none."""
    if user is None or not user.is_authenticated:
        return set()
    model: Any = get_waffle_flag_model()
    named = model.naming(user)
    return {name for name, flag in flags.items() if flag.fits(user, is_named=name in named)}


def _standing(rail: Rail, switches: dict[str, Any], flags: dict[str, Any], theirs: set[str]) -> Standing:
    """A switch that nobody has created yet stands as usual, a flag is off."""
    asked = [switches[name] for name in rail.stopped_by if name in switches]
    stopping = [switch for switch in asked if switch.active != AS_USUAL[switch.name]]
    flag = flags.get(rail.flag)
    is_stopped = bool(stopping) or (flag is not None and flag.everyone is False)
    changed = [switch.modified for switch in stopping or asked] + [flag.modified for flag in [flag] if flag]
    if not rail.flag:
        return Standing(rail, is_stopped, not is_stopped, concerns=True, since=max(changed, default=None))
    concerns = flag is not None and (flag.everyone is True or flag.name in theirs)
    return Standing(rail, is_stopped, concerns and not is_stopped, concerns=concerns, since=max(changed, default=None))
