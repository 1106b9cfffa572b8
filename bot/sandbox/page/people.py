from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.slack import Person, Workspace

_HUES = 8


@dataclass(frozen=True)
class Face:
    """A person or the app, as their messages show them.

    Attributes:
        name: Their name, without a sign before it.
        initials: What is drawn instead of a picture.
        hue: Which of the style sheet's colours is theirs.
        about: What is worth knowing of them: their role, groups, or where they come from.
    """

    id: str
    name: str
    initials: str
    hue: int
    about: str = ""
    is_app: bool = False


def face_of(person: Person, about: str = "") -> Face:
    """Draw a person."""
    hue = sum(person.id.encode()) % _HUES
    return Face(person.id, person.name, person.name[:1].upper(), hue, about)


def app_face(workspace: Workspace) -> Face:
    """Draw the app."""
    app = workspace.installation
    return Face(app.bot_user_id, app.bot_name, "tb", 0, "the app", is_app=True)


def who_one_can_be(workspace: Workspace, roles: Mapping[str, str]) -> Sequence[Face]:
    """Draw everybody who can still sign in.

    Args:
        workspace: Has the people.
        roles: What the bot's policy calls them, by id.
    """
    return [
        face_of(person, _about(person, workspace, roles.get(person.id, "")))
        for person in workspace.people.values()
        if not (person.is_bot or person.deleted)
    ]


def _about(person: Person, workspace: Workspace, role: str) -> str:
    if person.team_id != workspace.installation.team_id:
        return "from a connected workspace"
    if person.is_restricted or person.is_ultra_restricted:
        return "guest"
    groups = [f"@{g.handle}" for g in workspace.usergroups.values() if person.id in g.members]
    return role or ", ".join(groups) or "no role"
