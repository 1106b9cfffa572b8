"""What requests are, as the database tells them apart."""

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, exists, or_, select

from bot.changes.states import RequestState, TargetState
from bot.storage.tables import UNREVIEWED, requests, targets

OPEN = tuple(state.value for state in RequestState if not state.final)
OVER = tuple(state.value for state in RequestState if state.final)
EFFECTIVE = tuple(state.value for state in TargetState if state.effective)


def has_effect() -> ColumnElement[bool]:
    """Select what has changed a token, or may have."""
    return exists().where(targets.c.request_id == requests.c.id, targets.c.state.in_(EFFECTIVE))


def to_be_reviewed() -> ColumnElement[bool]:
    """Select what is not reviewed, but for what is over and has changed nothing."""
    return UNREVIEWED & (requests.c.state.in_(OPEN) | has_effect())


def timer_runs() -> ColumnElement[bool]:
    """Select what is to enable tokens by itself, if nobody undoes it before.

    An undo that waits for somebody may still come to nothing.
    """
    undo = requests.alias()
    undo_is_open = exists().where(undo.c.id == requests.c.undone_by, undo.c.state.in_(OPEN))
    return requests.c.ends_at.is_not(None) & or_(requests.c.undone_by.is_(None), undo_is_open)


def number_of(change_id: str | BindParameter[str]) -> ScalarSelect[int]:
    """Select the number of a change, which tells what was asked for earlier and later."""
    return select(requests.c.number).where(requests.c.id == change_id).scalar_subquery()
