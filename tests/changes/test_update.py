"""What a change sets, what it takes back, and what it runs into."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.changes.authorization import Authorization, Status
from bot.changes.update import (
    AuthorizationUpdate,
    ChangeKind,
    Difference,
    conflict,
    differences,
    summary,
)
from tests.changes.samples import AUTHORIZATIONS, NOON, UNHURRIED, UPDATES, authorization


def test_an_update_of_nothing_is_refused() -> None:
    """An empty PATCH would touch updatedAt, so there is no such update."""
    with pytest.raises(
        ValueError, match=r"^an update changes the status, the description or both$"
    ):
        AuthorizationUpdate()


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        (AuthorizationUpdate(Status.INACTIVE), ChangeKind.DISABLE),
        (AuthorizationUpdate(Status.INACTIVE, "new"), ChangeKind.DISABLE),
        (AuthorizationUpdate(Status.ACTIVE), ChangeKind.ENABLE),
        (AuthorizationUpdate(Status.ACTIVE, "new"), ChangeKind.ENABLE),
        (AuthorizationUpdate(description="new"), ChangeKind.DESCRIBE),
        (AuthorizationUpdate(description=""), ChangeKind.DESCRIBE),
    ],
)
def test_the_status_names_the_kind(update: AuthorizationUpdate, kind: ChangeKind) -> None:
    """A change of status outweighs one of the description."""
    assert kind == update.kind


@pytest.mark.parametrize(
    ("update", "kinds"),
    [
        (AuthorizationUpdate(Status.INACTIVE), {ChangeKind.DISABLE}),
        (AuthorizationUpdate(Status.ACTIVE), {ChangeKind.ENABLE}),
        (AuthorizationUpdate(description=""), {ChangeKind.DESCRIBE}),
        (AuthorizationUpdate(Status.INACTIVE, "new"), {ChangeKind.DISABLE, ChangeKind.DESCRIBE}),
        (AuthorizationUpdate(Status.ACTIVE, ""), {ChangeKind.ENABLE, ChangeKind.DESCRIBE}),
    ],
)
def test_the_policy_judges_everything_that_is_set(
    update: AuthorizationUpdate, kinds: set[ChangeKind]
) -> None:
    """A description that comes along with a status is a change of a description, too."""
    assert kinds == update.kinds


@pytest.mark.parametrize(
    ("update", "after"),
    [
        (AuthorizationUpdate(Status.INACTIVE), (Status.INACTIVE, "telegraf")),
        (AuthorizationUpdate(description="new"), (Status.ACTIVE, "new")),
        (AuthorizationUpdate(description=""), (Status.ACTIVE, "")),
        (AuthorizationUpdate(Status.INACTIVE, "new"), (Status.INACTIVE, "new")),
    ],
)
def test_apply_sets_what_is_given_and_leaves_the_rest(
    update: AuthorizationUpdate, after: tuple[Status, str]
) -> None:
    """None leaves a field alone; an empty description empties it."""
    before = authorization()
    status, description = after

    assert replace(before, status=status, description=description) == update.apply(before)


@UNHURRIED
@given(update=UPDATES, before=AUTHORIZATIONS)
def test_undo_after_apply_is_identity(update: AuthorizationUpdate, before: Authorization) -> None:
    """The inverse restores exactly the fields that were set, and sets no other."""
    inverse = update.inverse(before)

    assert before == inverse.apply(update.apply(before))
    assert (update.status is None) == (inverse.status is None)
    assert (update.description is None) == (inverse.description is None)


@UNHURRIED
@given(update=UPDATES, before=AUTHORIZATIONS)
def test_an_update_holds_once_it_is_applied(
    update: AuthorizationUpdate, before: Authorization
) -> None:
    """It holds after it is applied, and before only if it changes nothing that can be seen."""
    assert update.holds(update.apply(before))
    assert update.holds(before) == (summary(update, before) == ())


@UNHURRIED
@given(update=UPDATES, before=AUTHORIZATIONS)
def test_the_summary_names_what_differs(update: AuthorizationUpdate, before: Authorization) -> None:
    """Each line is a field whose value changes, with the old and the new one."""
    after = update.apply(before)
    values = {
        "status": (before.status.value, after.status.value),
        "description": (before.description, after.description),
    }
    changed = {(field, old, new) for field, (old, new) in values.items() if old != new}

    assert changed == set(summary(update, before))


@pytest.mark.parametrize(
    ("update", "effect"),
    [
        (AuthorizationUpdate(Status.INACTIVE), ChangeKind.DISABLE),
        (AuthorizationUpdate(Status.INACTIVE, "new"), ChangeKind.DISABLE),
        (AuthorizationUpdate(Status.ACTIVE, "new"), ChangeKind.DESCRIBE),
        (AuthorizationUpdate(Status.ACTIVE), ChangeKind.ENABLE),
        (AuthorizationUpdate(description="new"), ChangeKind.DESCRIBE),
    ],
)
def test_the_effect_is_what_becomes_different(
    update: AuthorizationUpdate, effect: ChangeKind
) -> None:
    """On an active token, "active, and described so" does no more than describe it."""
    assert effect == update.effect_on(authorization())


def test_differences_are_those_that_people_see() -> None:
    """Status and description count; owner, permissions and times are not PATCHed."""
    found = authorization(status=Status.INACTIVE, description="new", revision=9, org="other")

    assert (
        Difference("status", "active", "inactive"),
        Difference("description", "telegraf", "new"),
    ) == differences(authorization(), found)


def test_no_conflict_where_nothing_moved() -> None:
    """The same revision and the same values are no conflict."""
    assert conflict(authorization(), authorization()) == ()


def test_a_visible_change_is_the_conflict() -> None:
    """What people can see is named; updatedAt, which moved too, is not."""
    found = authorization(status=Status.INACTIVE, revision=2)

    assert (Difference("status", "active", "inactive"),) == conflict(authorization(), found)


def test_a_touch_alone_is_a_conflict() -> None:
    """A PATCH that sets what was there already moves updatedAt: somebody has decided."""
    recorded = authorization(updated_at=NOON)
    found = authorization(updated_at=NOON + timedelta(microseconds=1), revision=2)

    assert (
        Difference("updatedAt", "2026-11-24 12:00:00.000000 UTC", "2026-11-24 12:00:00.000001 UTC"),
    ) == conflict(recorded, found)


def test_a_touch_of_unknown_time_is_a_conflict() -> None:
    """Where the server states no time, the conflict says so."""
    found = authorization(updated_at=None, revision=2)

    assert (Difference("updatedAt", "2026-11-23 12:00:00.000000 UTC", "unknown"),) == conflict(
        authorization(), found
    )
