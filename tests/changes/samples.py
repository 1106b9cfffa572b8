"""Authorizations, people and requests to begin a test with, and strategies for any of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.approval import Approval
from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.break_glass import BreakGlass
from bot.changes.errors import ErrorCode, Problem
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, Drift, MessageRef, Origin, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Choice, Selection, Target
from bot.changes.update import AuthorizationUpdate

# A busy machine is slow, and proves nothing.
UNHURRIED = settings(deadline=None)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALICE = Person("U0ALICE", "T0HOME")
BOB = Person("U0BOB", "T0HOME")
TOKEN_ID = "0d0d0d0d0d0d0003"
DISABLE = AuthorizationUpdate(Status.INACTIVE)
OPERATOR = tuple(
    Permission(action, kind)
    for kind in ("authorizations", "users", "orgs")
    for action in ("read", "write")
)


def authorization(**fields: Any) -> Authorization:
    """Make an authorization that is active and may read one bucket, but for what is given."""
    usual = Authorization(
        id=TOKEN_ID,
        status=Status.ACTIVE,
        description="telegraf",
        user_id="0c0c0c0c0c0c0002",
        user="alice",
        org_id="0b0b0b0b0b0b0001",
        org="acme",
        permissions=(Permission("read", "buckets", "0a0a0a0a0a0a0001", "metrics"),),
        own=False,
        revision=1,
        created_at=NOON - timedelta(days=9),
        updated_at=NOON - timedelta(days=1),
    )
    return replace(usual, **fields)


def change(target: Target | None = None, **fields: Any) -> ChangeRequest:
    """Make a request to disable one token, but for what is given."""
    usual = ChangeRequest(
        id="7F3K2Q",
        requester=ALICE,
        origin=Origin("C0INCIDENTS"),
        reason="",
        created_at=NOON,
        targets=(Target("default", TOKEN_ID, DISABLE) if target is None else target,),
    )
    return replace(usual, **fields)


def done(**fields: Any) -> ChangeRequest:
    """Make a disable that was carried out at noon, but for what is given."""
    before = authorization()
    target = Target(
        "default",
        before.id,
        DISABLE,
        TargetState.DONE,
        before=before,
        after=replace(before, status=Status.INACTIVE, revision=2),
        finished_at=NOON,
    )
    return change(target, state=RequestState.FINISHED, **fields)


def active_again(**fields: Any) -> ChangeRequest:
    """Make a disable whose token was found active again, but for what is given."""
    target = replace(done().targets[0], active_again=ActiveAgain(authorization(revision=3), 0))
    return done(drifts=(Drift(0, NOON),), **fields).with_targets(target)


# What PostgreSQL and SQLite both can keep: no NUL, no half of a surrogate pair.
_CHARACTERS = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXTS = st.text(_CHARACTERS, max_size=40)
# What PostgreSQL has a column of 16 characters for; SQLite does not count.
SHORT_TEXTS = st.text(_CHARACTERS, max_size=16)
IDS = st.text("0123456789abcdef", min_size=16, max_size=16)
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
MOMENTS = st.builds(
    lambda microseconds, zone: (NOON + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(-(10**15), 10**15),
    _ZONES,
)
STATUSES = st.sampled_from(Status)
UPDATES = st.builds(
    AuthorizationUpdate, status=STATUSES, description=st.none() | TEXTS
) | st.builds(AuthorizationUpdate, status=st.none(), description=TEXTS)
PERMISSIONS = st.builds(
    Permission,
    action=st.sampled_from(["read", "write"]),
    resource_type=st.sampled_from(["buckets", "users", "flows"]),
    resource_id=st.none() | IDS,
    resource_name=st.none() | TEXTS,
    org_id=st.none() | IDS,
    org=st.none() | TEXTS,
)
AUTHORIZATIONS = st.builds(
    Authorization,
    id=IDS,
    status=STATUSES,
    description=TEXTS,
    user_id=IDS,
    user=TEXTS,
    org_id=IDS,
    org=TEXTS,
    permissions=st.lists(PERMISSIONS, max_size=3).map(tuple),
    own=st.none() | st.booleans(),
    revision=st.integers(0, 2**63),
    created_at=st.none() | MOMENTS,
    updated_at=st.none() | MOMENTS,
)
_MESSAGES = st.builds(
    MessageRef, channel_id=st.just("C0INCIDENTS"), ts=st.just("1764000000.000100")
)
PROBLEMS = st.builds(
    Problem,
    code=st.sampled_from(ErrorCode),
    message=TEXTS,
    hint=TEXTS,
    by=st.just("U0BOB"),
    helpers=st.sampled_from([(), ("U0CAROL", "S0SECURITY")]),
)
TARGETS = st.builds(
    Target,
    instance=st.just("default"),
    authorization_id=IDS,
    update=UPDATES,
    state=st.sampled_from(TargetState),
    before=st.none() | AUTHORIZATIONS,
    after=st.none() | AUTHORIZATIONS,
    problem=st.none() | PROBLEMS,
    intended_at=st.none() | MOMENTS,
    finished_at=st.none() | MOMENTS,
    active_again=st.none()
    | st.builds(ActiveAgain, token=AUTHORIZATIONS, drift=st.integers(0, 1), again_by=st.none()),
    gone_at=st.none() | MOMENTS,
    replaces=st.none() | st.just("0123456789abcdef"),
)
_DRIFT = st.builds(
    Drift,
    number=st.just(0),
    found_at=MOMENTS,
    message=st.none() | _MESSAGES,
    feed_message=st.none() | _MESSAGES,
    told=st.booleans(),
)
REQUESTS = st.builds(
    ChangeRequest,
    id=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=6, max_size=6),
    requester=st.builds(
        Person,
        user_id=st.just("U0ALICE"),
        team_id=st.just("T0HOME"),
        enterprise_id=st.none() | st.just("E0GRID"),
    ),
    origin=st.builds(
        Origin,
        channel_id=st.just("C0INCIDENTS"),
        response_url=st.none() | st.just(SecretStr("https://hooks.slack.com/commands/T0/1/x")),
        pressed=st.none() | _MESSAGES,
    ),
    reason=TEXTS,
    created_at=MOMENTS,
    targets=st.lists(TARGETS, min_size=1, max_size=3, unique_by=lambda t: t.authorization_id).map(
        tuple
    ),
    state=st.sampled_from(RequestState),
    selection=st.none()
    | st.builds(Selection, instance=st.just("default"), user=TEXTS, update=UPDATES),
    prepared=st.booleans(),
    choices=st.lists(
        st.builds(Choice, instance=st.just("lab"), token=AUTHORIZATIONS), max_size=2
    ).map(tuple),
    confirmed_at=st.none() | MOMENTS,
    expires_at=st.none() | MOMENTS,
    approval=st.none()
    | st.builds(
        Approval,
        rule=TEXTS,
        approvers=st.just(("S0SECURITY", "U0CAROL")),
        quorum=st.integers(1, 3),
        votes=st.just(()),
        granted_at=st.none() | MOMENTS,
    ),
    closing=st.none() | PROBLEMS,
    held_back=TEXTS,
    cancelled_by=st.sampled_from(["", "U0BOB"]),
    timer=st.none()
    | st.builds(
        Timer,
        lasts=st.integers(60, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
        ends_at=st.none() | MOMENTS,
        noted_at=st.none() | MOMENTS,
        stopped_by=st.sampled_from(["", "U0BOB"]),
    ),
    break_glass=st.none()
    | st.builds(
        BreakGlass,
        needed=TEXTS,
        approvers=st.just(("S0SECURITY", "U0ALICE", "U0CAROL")),
        reviewed_by=st.just(""),
        reviewed_at=st.none(),
    )
    | st.builds(
        BreakGlass,
        needed=TEXTS,
        approvers=st.just(("U0BOB",)),
        reviewed_by=st.just("U0BOB"),
        reviewed_at=MOMENTS,
    ),
    never_alone=st.booleans(),
    undone_by=st.none() | st.just("0000AB"),
    retried_by=st.none() | st.just("0000AC"),
    watched_at=st.none() | MOMENTS,
    drifts=st.lists(_DRIFT, max_size=2).map(
        lambda drifts: tuple(replace(each, number=n) for n, each in enumerate(drifts))
    ),
    automatic=st.booleans(),
    message=st.none() | _MESSAGES,
    feed_message=st.none() | _MESSAGES,
    announced=st.booleans(),
    version=st.integers(0, 9),
    interrupted=st.integers(0, 9),
    rule=TEXTS,
    policy_digest=st.just("0123456789abcdef"),
)
