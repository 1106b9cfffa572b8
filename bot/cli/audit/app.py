from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.cli.audit import verifying

Anchors = Annotated[tuple[str, ...], Parameter(name="--anchor", negative="")]


def audit_app() -> App:
    """Give the commands on the record."""
    app = App(name="audit", help="Read, check, hand on and trim the record.")
    app.command(_verify, name="verify")
    app.command(_anchor, name="anchor")
    app.command(_verifier, name="verifier")
    return app


def _verify(*, anchor: Anchors = (), anchors: Path | None = None) -> int:
    """Check that no event of the record was changed, removed, inserted or reordered.

    It names each event with which something is wrong, and exits 0 if all hold, 1 if not, and 2 if
    arguments or settings are wrong.

    Args:
        anchor: What the record is known to have held, as NUMBER:HASH; may be repeated. Only with
            an anchor is it found that events at the end are missing together with their head.
        anchors: A text file with anchors in it, such as messages pasted from Slack, or a log.
    """
    return verifying.verify(anchor, anchors)


def _anchor() -> int:
    """Print the anchor of the record as it is now: NUMBER:HASH, and the time."""
    return verifying.print_anchor()


def _verifier() -> int:
    """Print a program that checks an export, or a SQLite database, and needs only Python."""
    return verifying.print_verifier()
