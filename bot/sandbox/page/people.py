from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.cast import Part
from bot.sandbox.slack import Person, Workspace

_HUES = 9


@dataclass(frozen=True)
class Face:
    """A person or the app, as their messages show them.

    Attributes:
        name: Their name, without a sign before it.
        initials: What is drawn instead of a picture.
        hue: Which of the style sheet's colours is theirs.
        about: Their part in the sandbox, in a word or two.
        may: What they may do.
    """

    id: str
    name: str
    initials: str
    hue: int
    about: str = ""
    may: str = ""
    is_app: bool = False


def face_of(workspace: Workspace, person: Person, part: Part | None = None) -> Face:
    """Draw a person; with their part in the sandbox, if it matters."""
    # The app is among the people, and has the first colour.
    hue = list(workspace.people).index(person.id) % _HUES
    about, may = ("", "") if part is None else (part.title, part.may)
    return Face(person.id, person.name, person.name[:1].upper(), hue, about, may)


def app_face(workspace: Workspace) -> Face:
    """Draw the app."""
    app = workspace.installation
    return Face(app.bot_user_id, app.bot_name, "tb", 0, is_app=True)


def who_one_can_be(workspace: Workspace, parts: Sequence[Part]) -> Sequence[Face]:
    """Draw everybody who can still sign in.

    Args:
        workspace: Has the people.
        parts: Who they are in the sandbox.
    """
    known = {part.user: part for part in parts}
    return [
        face_of(workspace, person, known.get(person.id))
        for person in workspace.people.values()
        if not (person.is_bot or person.deleted)
    ]
