"""The people of the demo, with the passwords printed when it starts. Plain data: read without Django."""

from dataclasses import dataclass

PASSWORD = "harbor-demo-2026"  # noqa: S105 -- printed on the console; the demo listens on this machine only


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as. `starts_with`: the USDC that arrive for them at first."""

    email: str
    given_name: str
    family_name: str
    says: str
    is_verified: bool = False
    is_staff: bool = False
    starts_with: str = ""


ALICE = Login("alice@example.com", "Alice", "Moreno", "verified, holds 250 USDC", is_verified=True, starts_with="250")
BOB = Login("bob@example.com", "Bob", "Okafor", "verified, empty wallet", is_verified=True)
CHARLIE = Login("charlie@example.com", "Charlie", "Novak", "new, identity not yet checked")
STAFF = Login("staff@example.com", "Sam", "Staff", "staff: the admin", is_staff=True)

LOGINS = (ALICE, BOB, CHARLIE, STAFF)
