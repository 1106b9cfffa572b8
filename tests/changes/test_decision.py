"""Who may do what, where and when: every case of the decision, and what must never happen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.changes.deciding import decide
from bot.changes.decision import (
    Allowed,
    AllowedByBreakGlass,
    Decision,
    Denied,
    Freeze,
    NeedsApproval,
    RuleName,
    Wanted,
)
from bot.changes.people import Account, Person, Standing
from bot.changes.policy import (
    ApprovalRules,
    ChannelRules,
    Limits,
    Policy,
    PolicySource,
    Role,
    Roles,
    Workspace,
)
from bot.changes.roles_held import role_held
from bot.changes.update import ChangeKind
from tests.changes.roles_by_file import ANNA, EVE, MEMBER, OTTO, POLICY, VERA, unreadable
from tests.changes.samples import UNHURRIED

VIEWER, OPERATOR, APPROVER = Role.VIEWER, Role.OPERATOR, Role.APPROVER
DISABLE, ENABLE, DESCRIBE = ChangeKind.DISABLE, ChangeKind.ENABLE, ChangeKind.DESCRIBE
LISTED = replace(
    POLICY,
    roles=Roles.every(frozenset({"U0OTTO", "S0ONCALL"})),
    source=PolicySource.ALLOWED_USERS,
)
MALLORY = Person("U0MALLORY", "T0ELSEWHERE")
GROUP_OF = {VIEWER: "S0SRE", OPERATOR: "S0ONCALL", APPROVER: "S0SECURITY"}
USER_OF = {VIEWER: VERA, OPERATOR: OTTO, APPROVER: ANNA}
ADD = "Ask whoever runs this bot to add your Slack user id U0EVE to"


def member_of(*groups: str, account: Account = Account.MEMBER) -> Standing:
    """Give the standing of somebody who is in these groups."""
    return Standing(account, frozenset(groups))


def a(role: Role) -> str:
    """Give a role with its article."""
    return {VIEWER: "a viewer", OPERATOR: "an operator", APPROVER: "an approver"}[role]


@pytest.mark.parametrize("wanted", [VIEWER, OPERATOR, APPROVER])
@pytest.mark.parametrize("held", [VIEWER, OPERATOR, APPROVER])
@pytest.mark.parametrize("by_group", [False, True])
def test_each_role_holds_those_below_it(held: Role, wanted: Role, *, by_group: bool) -> None:
    """By the person's own id or by a group: what takes a higher role is refused."""
    person = EVE if by_group else USER_OF[held]
    standing = member_of(GROUP_OF[held]) if by_group else MEMBER

    decision = decide(POLICY, person, standing, Wanted(wanted))

    if held >= wanted:
        by = f" by the user group {GROUP_OF[held]}" if by_group else ""
        assert decision == Allowed(f"you are {a(held)}{by}")
    else:
        assert isinstance(decision, Denied)
        assert decision.rule == f"you are {a(held)}, and this takes {a(wanted)}"
        assert f"{person.user_id} to {wanted.title} in token-bot.toml." in decision.hint


@pytest.mark.parametrize(
    ("wanted", "helpers"),
    [
        (VIEWER, ("S0SECURITY", "S0SRE", "U0ANNA")),
        (OPERATOR, ("S0ONCALL", "S0SECURITY", "U0ANNA")),
        (APPROVER, ("S0SECURITY", "U0ANNA")),
    ],
)
def test_whoever_holds_no_role_is_refused(wanted: Role, helpers: tuple[str, ...]) -> None:
    """The rule, what to do, and who may instead."""
    assert decide(POLICY, EVE, MEMBER, Wanted(wanted)) == Denied(
        f"you hold no role, and this takes {a(wanted)}",
        f"{ADD} {wanted.title} in token-bot.toml.",
        helpers,
    )


def test_the_highest_role_counts() -> None:
    """Somebody with several roles is told the one by which they may."""
    both = replace(POLICY, roles=replace(POLICY.roles, viewer=frozenset({"U0ANNA"})))

    assert decide(both, ANNA, member_of("S0SRE"), Wanted(VIEWER)) == Allowed("you are an approver")
    assert decide(POLICY, VERA, member_of("S0ONCALL"), Wanted(OPERATOR)) == Allowed(
        "you are an operator by the user group S0ONCALL"
    )


@pytest.mark.parametrize("wanted", [VIEWER, OPERATOR, APPROVER])
def test_allowed_users_hold_every_role(wanted: Role) -> None:
    """By their own id or by a group; nobody else holds any."""
    by_group = decide(LISTED, EVE, member_of("S0ONCALL"), Wanted(wanted))

    assert decide(LISTED, OTTO, MEMBER, Wanted(wanted)) == Allowed("you are in ALLOWED_USERS")
    assert by_group == Allowed("you are in S0ONCALL, which is in ALLOWED_USERS")
    assert decide(LISTED, EVE, MEMBER, Wanted(wanted)) == Denied(
        "you are not in ALLOWED_USERS", f"{ADD} ALLOWED_USERS.", ("S0ONCALL", "U0OTTO")
    )


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, roles=Roles())])
def test_what_takes_no_role_is_for_everybody_of_the_workspace(policy: Policy) -> None:
    """Help and whoami, for whoever asks."""
    assert decide(policy, EVE, Standing(), Wanted(Role.ANYONE)) == Allowed("anyone may")


def test_an_empty_policy_lets_nobody_do_anything() -> None:
    """Default is no."""
    nobody = replace(POLICY, roles=Roles())

    assert isinstance(decide(nobody, OTTO, MEMBER, Wanted(VIEWER)), Denied)


ELSEWHERE = Denied(
    "you belong to another Slack workspace than this bot",
    "Ask somebody of the bot's own workspace.",
)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("home", "person", "at_home"),
    [
        (Workspace("T0HOME"), OTTO, True),
        (Workspace("T0HOME"), Person("U0OTTO", "T0OTHER"), False),
        (Workspace("T0HOME"), Person("U0OTTO", "T0OTHER", "E0GRID"), False),
        (Workspace("T0HOME"), Person("U0OTTO", ""), False),
        (Workspace("T0HOME", "E0GRID"), Person("U0OTTO", "T0OTHER", "E0GRID"), True),
        (Workspace("T0HOME", "E0GRID"), Person("U0OTTO", "T0OTHER", "E0ELSE"), False),
        (Workspace("T0HOME", "E0GRID"), Person("U0OTTO", "T0OTHER"), False),
        (Workspace("T0HOME", ""), Person("U0OTTO", "T0OTHER", ""), False),
        (Workspace(""), OTTO, False),
        (Workspace(""), Person("U0OTTO", ""), False),
        (Workspace("", "E0GRID"), Person("U0OTTO", "T0OTHER", "E0GRID"), False),
    ],
)
def test_people_of_other_workspaces_may_do_nothing(
    home: Workspace, person: Person, role: Role, *, at_home: bool
) -> None:
    """Not even what takes no role; while the bot does not know its own, nobody is at home."""
    everything = replace(POLICY, home=home, roles=Roles.every(frozenset({"U0OTTO"})))

    decision = decide(everything, person, MEMBER, Wanted(role))

    assert (decision != ELSEWHERE) is at_home
    assert isinstance(decision, Allowed) is at_home


@pytest.mark.parametrize(
    ("account", "own_id", "rule"),
    [
        (Account.MEMBER, True, ""),
        (Account.MEMBER, False, ""),
        (Account.GUEST, True, ""),
        (
            Account.GUEST,
            False,
            "guests may do nothing here unless they are listed by their own user id",
        ),
        (Account.BOT, True, "bots may do nothing here"),
        (Account.BOT, False, "bots may do nothing here"),
        (Account.DEACTIVATED, True, "your Slack account is deactivated"),
        (Account.DEACTIVATED, False, "your Slack account is deactivated"),
        (Account.UNKNOWN, True, ""),
        (
            Account.UNKNOWN,
            False,
            (
                "Slack does not tell now what kind of account you have, so this bot cannot tell "
                "whether you may"
            ),
        ),
    ],
)
def test_the_kind_of_account_counts(account: Account, rule: str, *, own_id: bool) -> None:
    """Bots and deactivated people never; guests by their own id alone, and whoever may be one."""
    person = OTTO if own_id else EVE
    standing = Standing(account) if own_id else member_of("S0ONCALL", account=account)

    decision = decide(POLICY, person, standing, Wanted(OPERATOR))

    assert isinstance(decision, Denied) == bool(rule)
    assert not isinstance(decision, Denied) or decision.rule == rule


@pytest.mark.parametrize("account", [Account.GUEST, Account.UNKNOWN])
def test_a_guest_gains_nothing_by_a_group(account: Account) -> None:
    """Listed by their own id for one role, they do not hold a group's higher one."""
    standing = member_of("S0ONCALL", "S0SECURITY", account=account)

    assert decide(POLICY, VERA, standing, Wanted(VIEWER)) == Allowed("you are a viewer")
    assert isinstance(decide(POLICY, VERA, standing, Wanted(OPERATOR)), Denied)


CANNOT_TELL = (
    "Slack does not tell now who is in the user group {}, so this bot cannot tell whether you may"
)


@pytest.mark.parametrize(
    ("person", "groups", "wanted", "unread"),
    [
        (EVE, ("S0SRE",), VIEWER, "S0SRE"),
        (EVE, ("S0ONCALL",), VIEWER, "S0ONCALL"),
        (EVE, ("S0ONCALL", "S0SECURITY"), OPERATOR, "S0ONCALL"),
        (VERA, ("S0SECURITY",), OPERATOR, "S0SECURITY"),
        (OTTO, ("S0SECURITY",), APPROVER, "S0SECURITY"),
    ],
)
def test_where_membership_cannot_be_read_the_answer_is_no(
    person: Person, groups: tuple[str, ...], wanted: Role, unread: str
) -> None:
    """If a group that Slack does not tell could give the role; the refusal says so."""
    assert decide(POLICY, person, unreadable(*groups), Wanted(wanted)) == Denied(
        CANNOT_TELL.format(unread),
        "Try again in a minute, or ask somebody who is listed by their own user id.",
    )


@pytest.mark.parametrize(
    ("person", "standing", "decision"),
    [
        (OTTO, unreadable("S0SRE", "S0ONCALL", "S0SECURITY"), Allowed("you are an operator")),
        (
            EVE,
            replace(unreadable("S0SECURITY"), groups=frozenset({"S0ONCALL"})),
            Allowed("you are an operator by the user group S0ONCALL"),
        ),
        (
            EVE,
            unreadable("S0SRE"),
            Denied(
                "you hold no role, and this takes an operator",
                f"{ADD} operator in token-bot.toml.",
                ("S0ONCALL", "S0SECURITY", "U0ANNA"),
            ),
        ),
    ],
)
def test_groups_that_do_not_matter_need_not_be_read(
    person: Person, standing: Standing, decision: Decision
) -> None:
    """Where the role is held anyhow, and where the group could not give it."""
    assert decide(POLICY, person, standing, Wanted(OPERATOR)) == decision


SOMEWHERE = ChannelRules(frozenset({"C0WAR", "C0INCIDENTS"}), feed="C0FEED")
NOT_HERE = Denied("this bot is not used in this channel", "Ask in C0INCIDENTS or C0WAR.")
NOT_DIRECT = "changes from direct messages and Home are switched off"


@pytest.mark.parametrize(
    ("rules", "channel", "of_change", "of_reading"),
    [
        (ChannelRules(), "C0ANY", None, None),
        (ChannelRules(), "D0OTTO", None, None),
        (ChannelRules(direct=False), "D0OTTO", Denied(NOT_DIRECT, "Ask in a channel."), None),
        (ChannelRules(direct=False), "U0OTTO", Denied(NOT_DIRECT, "Ask in a channel."), None),
        (ChannelRules(direct=False), "W0OTTO", Denied(NOT_DIRECT, "Ask in a channel."), None),
        (ChannelRules(direct=False), "C0ANY", None, None),
        (SOMEWHERE, "C0INCIDENTS", None, None),
        (SOMEWHERE, "C0FEED", None, None),
        (SOMEWHERE, "C0ANY", NOT_HERE, NOT_HERE),
        (SOMEWHERE, "D0OTTO", None, None),
        (
            replace(SOMEWHERE, direct=False),
            "D0OTTO",
            Denied(NOT_DIRECT, "Ask in C0INCIDENTS or C0WAR."),
            None,
        ),
        (replace(SOMEWHERE, direct=False), "", None, None),
        (
            ChannelRules(frozenset()),
            "C0ANY",
            Denied(NOT_HERE.rule, "No channel is allowed; ask whoever runs this bot."),
            Denied(NOT_HERE.rule, "No channel is allowed; ask whoever runs this bot."),
        ),
    ],
)
def test_where_it_is_asked_counts(
    rules: ChannelRules, channel: str, of_change: Denied | None, of_reading: Denied | None
) -> None:
    """Channels for everything, direct messages for changes; an empty place does not count."""
    policy = replace(POLICY, channels=rules)
    change = Wanted(OPERATOR, frozenset({DISABLE}), channel_id=channel)
    reading = Wanted(VIEWER, channel_id=channel)

    may = Allowed("you are an operator")
    assert decide(policy, OTTO, MEMBER, change) == (of_change or may)
    assert decide(policy, OTTO, MEMBER, reading) == (of_reading or may)


def test_a_role_is_judged_before_the_place() -> None:
    """Whoever may not at all is not sent to another channel."""
    decision = decide(
        replace(POLICY, channels=SOMEWHERE), EVE, MEMBER, Wanted(VIEWER, channel_id="C0ANY")
    )

    assert isinstance(decision, Denied)
    assert decision.rule.startswith("you hold no role")


READ_ONLY = replace(POLICY, limits=Limits(read_only="READ_ONLY"))
READ_ONLY_FILE = replace(POLICY, limits=Limits(read_only="read_only in token-bot.toml"))
AT = datetime(2026, 11, 24, 14, 3, tzinfo=UTC)
LIFT = "Whoever runs this bot can lift it"


@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize(
    ("policy", "freeze", "stopped"),
    [
        (READ_ONLY, None, Denied("changes are stopped: READ_ONLY is set", f"{LIFT}.")),
        (
            READ_ONLY_FILE,
            None,
            Denied("changes are stopped: read_only in token-bot.toml is set", f"{LIFT}."),
        ),
        (
            POLICY,
            Freeze(AT),
            Denied(
                "changes are stopped since 2026-11-24 14:03 UTC by token-bot freeze",
                f"{LIFT} with token-bot unfreeze.",
            ),
        ),
        (
            POLICY,
            Freeze(AT, "an exercise"),
            Denied(
                "changes are stopped since 2026-11-24 14:03 UTC by token-bot freeze (an exercise)",
                f"{LIFT} with token-bot unfreeze.",
            ),
        ),
        (READ_ONLY, Freeze(AT), Denied("changes are stopped: READ_ONLY is set", f"{LIFT}.")),
    ],
)
def test_a_stop_stops_every_change_and_no_reading(
    policy: Policy, freeze: Freeze | None, stopped: Denied, kind: ChangeKind
) -> None:
    """Whoever asks; and nobody is sent to an approver for what is stopped."""
    approving = replace(policy, approval=ApprovalRules(frozenset(ChangeKind), several=True))
    change = Wanted(OPERATOR, frozenset({kind}), targets=2)

    assert decide(policy, ANNA, MEMBER, change, freeze) == stopped
    assert decide(approving, ANNA, MEMBER, change, freeze) == stopped
    assert isinstance(decide(policy, ANNA, MEMBER, Wanted(VIEWER), freeze), Allowed)


NEEDS = {
    DISABLE: "disabling needs an approval",
    ENABLE: "enabling needs an approval",
    DESCRIBE: "changing a description needs an approval",
}
SEVERAL = "changing several tokens at once needs an approval"
MANY = "changing more than 20 tokens within 10 minutes needs an approval"


@pytest.mark.parametrize("kinds", [{DISABLE}, {ENABLE}, {DESCRIBE}, {DISABLE, DESCRIBE}])
@pytest.mark.parametrize("needed_for", [set(), {DISABLE}, {ENABLE}, {DESCRIBE}, set(ChangeKind)])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("targets", [1, 2])
def test_a_second_person_is_asked_for_what_needs_one(
    kinds: set[ChangeKind], needed_for: set[ChangeKind], targets: int, *, several: bool
) -> None:
    """If any kind of the change needs one, or if there are several targets and that needs one."""
    rules = ApprovalRules(frozenset(needed_for), several=several, quorum=2)
    wanted = Wanted(OPERATOR, frozenset(kinds), targets=targets)

    decision = decide(replace(POLICY, approval=rules), OTTO, MEMBER, wanted)

    needing = [NEEDS[kind] for kind in ChangeKind if kind in kinds & needed_for]
    if several and targets > 1:
        needing.append(SEVERAL)
    if needing:
        assert decision == NeedsApproval(
            needing[0], POLICY.roles.approver, 2, timedelta(minutes=30)
        )
    else:
        assert decision == Allowed("you are an operator")


@pytest.mark.parametrize(
    ("most", "targets", "earlier", "rule"),
    [
        (None, 9999, 9999, ""),
        (20, 20, 0, ""),
        (20, 21, 0, MANY),
        (20, 1, 19, ""),
        (20, 1, 20, MANY),
        (1, 1, 0, ""),
    ],
)
def test_above_the_limit_an_approver_is_needed(
    most: int | None, targets: int, earlier: int, rule: str
) -> None:
    """Counted with what the person asked for shortly before."""
    policy = replace(POLICY, limits=Limits(targets_per_person=most))
    wanted = Wanted(OPERATOR, frozenset({DISABLE}), targets=targets, earlier=earlier)

    decision = decide(policy, OTTO, MEMBER, wanted)

    assert (decision.rule if isinstance(decision, NeedsApproval) else "") == rule


def test_an_approval_lasts_as_long_as_the_policy_says() -> None:
    """The decision carries it, as it carries who can give it and how many it takes."""
    rules = ApprovalRules(frozenset({ENABLE}), expires_after=timedelta(hours=2), quorum=3)

    decision = decide(
        replace(POLICY, approval=rules), OTTO, MEMBER, Wanted(OPERATOR, frozenset({ENABLE}))
    )

    assert decision == NeedsApproval(
        NEEDS[ENABLE], frozenset({"U0ANNA", "S0SECURITY"}), 3, timedelta(hours=2)
    )


def test_an_approval_that_nobody_can_give_is_not_waited_for() -> None:
    """Without approvers, what is above the limit is refused, with what to do."""
    policy = replace(
        POLICY,
        roles=replace(POLICY.roles, approver=frozenset()),
        limits=Limits(targets_per_person=20),
    )

    decision = decide(policy, OTTO, MEMBER, Wanted(OPERATOR, frozenset({DISABLE}), targets=21))

    assert decision == Denied(
        f"{MANY}, and nobody is an approver",
        "Ask whoever runs this bot to list approvers in token-bot.toml.",
    )


GLASS = Wanted(OPERATOR, frozenset({DISABLE}), targets=2, break_glass=True)
NEEDING = [
    pytest.param(ApprovalRules(frozenset({DISABLE})), Limits(), NEEDS[DISABLE], id="disable"),
    pytest.param(ApprovalRules(several=True), Limits(), SEVERAL, id="several"),
    pytest.param(
        ApprovalRules(),
        Limits(targets_per_person=1),
        "changing more than 1 tokens within 10 minutes needs an approval",
        id="limit",
    ),
]


@pytest.mark.parametrize(("approval", "limits", "needed"), NEEDING)
def test_break_glass_passes_what_needs_an_approval(
    approval: ApprovalRules, limits: Limits, needed: str
) -> None:
    """Whichever rule wants it; the decision says which, and who can review it."""
    policy = replace(POLICY, approval=approval, limits=limits)

    decision = decide(policy, OTTO, MEMBER, GLASS)

    assert decision == AllowedByBreakGlass(
        f"break-glass by operator: {needed}", needed, frozenset({"U0ANNA", "S0SECURITY"})
    )
    by_approver = decide(policy, ANNA, MEMBER, GLASS)
    assert by_approver.rule == f"break-glass by approver: {needed}"


def test_where_nothing_needs_an_approval_it_is_no_break_glass() -> None:
    """It is allowed as ever, by the person's role."""
    assert decide(POLICY, OTTO, MEMBER, GLASS) == Allowed("you are an operator")


@pytest.mark.parametrize("kinds", [{ENABLE}, {DESCRIBE}, {DISABLE, DESCRIBE}, {DISABLE, ENABLE}])
def test_break_glass_disables_and_does_nothing_else(kinds: set[ChangeKind]) -> None:
    """Whatever else a change does needs its approval."""
    policy = replace(POLICY, approval=ApprovalRules(frozenset(ChangeKind)))
    wanted = replace(GLASS, kinds=frozenset(kinds))

    assert isinstance(decide(policy, OTTO, MEMBER, wanted), NeedsApproval)


@pytest.mark.parametrize(
    ("approver", "rule", "to_others"),
    [
        (
            frozenset(),
            f"{NEEDS[DISABLE]}, and nobody is an approver",
            f"{NEEDS[DISABLE]}, and nobody is an approver",
        ),
        (
            frozenset({"U0OTTO"}),
            f"{NEEDS[DISABLE]}, and nobody but you is an approver who could review a break-glass",
            (
                f"{NEEDS[DISABLE]}, and nobody but the requester is an approver who could review "
                "a break-glass"
            ),
        ),
    ],
)
def test_break_glass_that_nobody_could_review(
    approver: frozenset[str], rule: str, to_others: str
) -> None:
    """It is refused, with what to do; others read it of the requester."""
    roles = replace(POLICY.roles, approver=approver)
    policy = replace(POLICY, roles=roles, approval=ApprovalRules(frozenset({DISABLE})))

    decision = decide(policy, OTTO, MEMBER, GLASS)

    hint = "Ask whoever runs this bot to list approvers in token-bot.toml."
    assert decision == Denied(rule, hint)
    assert isinstance(decision, Denied)
    assert decision.to_others == Denied(to_others, hint)


def test_what_undoes_a_break_glass_needs_an_approval() -> None:
    """Whatever the policy asks an approval for."""
    wanted = Wanted(OPERATOR, frozenset({ENABLE}), never_alone=True)

    decision = decide(POLICY, OTTO, MEMBER, wanted)

    assert isinstance(decision, NeedsApproval)
    assert decision.rule == "undoing a break-glass needs an approval by somebody else"


IDS = st.sampled_from(["U0VERA", "U0OTTO", "S0SRE", "S0ONCALL", "S0SECURITY"])
HOLDERS = st.frozensets(IDS, max_size=3)
GROUPS = st.frozensets(st.sampled_from(["S0SRE", "S0ONCALL", "S0SECURITY"]))
KINDS = st.frozensets(st.sampled_from(ChangeKind))
POLICIES = st.builds(
    Policy,
    home=st.sampled_from([Workspace("T0HOME"), Workspace("T0HOME", "E0GRID"), Workspace("")]),
    roles=st.builds(Roles, viewer=HOLDERS, operator=HOLDERS, approver=HOLDERS),
    source=st.sampled_from(PolicySource),
    channels=st.builds(
        ChannelRules,
        allowed=st.none() | st.frozensets(st.just("C0INCIDENTS")),
        direct=st.booleans(),
        feed=st.none() | st.just("C0FEED"),
    ),
    approval=st.builds(
        ApprovalRules,
        needed_for=KINDS,
        several=st.booleans(),
        quorum=st.integers(1, 3),
    ),
    limits=st.builds(
        Limits,
        targets_per_person=st.none() | st.integers(1, 3),
        read_only=st.sampled_from(["", "READ_ONLY"]),
    ),
)
PEOPLE = st.builds(
    Person,
    user_id=st.sampled_from(["U0VERA", "U0OTTO", "U0EVE"]),
    team_id=st.sampled_from(["T0HOME", "T0OTHER", ""]),
    enterprise_id=st.sampled_from([None, "E0GRID", "E0ELSE"]),
)
STANDINGS = st.builds(Standing, account=st.sampled_from(Account), groups=GROUPS, unreadable=GROUPS)
WANTED = st.builds(
    Wanted,
    role=st.sampled_from([VIEWER, OPERATOR, APPROVER]),
    kinds=KINDS,
    targets=st.integers(1, 4),
    earlier=st.integers(0, 4),
    break_glass=st.booleans(),
    never_alone=st.booleans(),
    channel_id=st.sampled_from(["", "C0INCIDENTS", "C0FEED", "C0ANY", "D0OTTO"]),
)
FREEZES = st.none() | st.just(Freeze(AT))


@UNHURRIED
@given(POLICIES, PEOPLE, STANDINGS, WANTED, FREEZES)
def test_whoever_gets_on_holds_the_role(
    policy: Policy, person: Person, standing: Standing, wanted: Wanted, freeze: Freeze | None
) -> None:
    """Whatever the policy: of the workspace, no bot, and listed by id or as a member of a group."""
    if isinstance(decide(policy, person, standing, wanted, freeze), Denied):
        return
    listed = {each for role in Role if role >= wanted.role for each in policy.roles.holding(role)}
    same_grid = policy.home.enterprise_id in {person.enterprise_id} - {None}
    assert policy.home.team_id
    assert person.team_id == policy.home.team_id or same_grid
    assert standing.account not in {Account.BOT, Account.DEACTIVATED}
    assert person.user_id in listed or (
        standing.account is Account.MEMBER and listed & standing.groups
    )
    assert not wanted.kinds or not (policy.limits.read_only or freeze)


@UNHURRIED
@given(POLICIES, PEOPLE, STANDINGS, WANTED, FREEZES)
def test_knowing_less_never_allows_more(
    policy: Policy, person: Person, standing: Standing, wanted: Wanted, freeze: Freeze | None
) -> None:
    """If Slack tells nothing of the groups, nobody gets on who did not before."""
    blind = Standing(standing.account, unreadable=policy.roles.groups)
    if not isinstance(decide(policy, person, blind, wanted, freeze), Denied):
        assert not isinstance(decide(policy, person, standing, wanted, freeze), Denied)


@UNHURRIED
@given(POLICIES, PEOPLE, STANDINGS, WANTED, FREEZES)
def test_break_glass_passes_approvals_and_nothing_else(
    policy: Policy, person: Person, standing: Standing, wanted: Wanted, freeze: Freeze | None
) -> None:
    """Whoever is refused without it is refused with it, and it never asks for more."""
    plain = decide(policy, person, standing, replace(wanted, break_glass=False), freeze)
    broken = decide(policy, person, standing, replace(wanted, break_glass=True), freeze)

    if isinstance(broken, AllowedByBreakGlass):
        assert isinstance(plain, NeedsApproval)
        assert wanted.kinds == {DISABLE}
        assert broken.approvers - {person.user_id}
    else:
        assert broken == plain or isinstance(plain, NeedsApproval)


@UNHURRIED
@given(POLICIES, PEOPLE, STANDINGS, WANTED)
def test_each_decision_says_why(
    policy: Policy, person: Person, standing: Standing, wanted: Wanted
) -> None:
    """A rule always, and with a refusal what to do."""
    decision = decide(policy, person, standing, wanted)

    assert decision.rule
    assert not isinstance(decision, Denied) or decision.hint.endswith(".")


@UNHURRIED
@given(POLICIES, PEOPLE, STANDINGS)
def test_the_role_that_is_named_is_the_one_that_counts(
    policy: Policy, person: Person, standing: Standing
) -> None:
    """What whoami shows is what decide judges by, for people of the workspace."""
    person, policy = replace(person, team_id="T0HOME"), replace(policy, home=Workspace("T0HOME"))
    held = role_held(policy, person, standing)

    for role in (VIEWER, OPERATOR, APPROVER):
        may = isinstance(decide(policy, person, standing, Wanted(role)), Allowed)
        assert may is (not isinstance(held, Denied) and held.role >= role)


def test_nothing_is_enabled_from_the_command_line() -> None:
    """Whoever has the machine can type any id: that closes what is open, and opens nothing."""
    enable = Wanted(OPERATOR, frozenset({ENABLE, DESCRIBE}), typed=True)
    disable = Wanted(OPERATOR, frozenset({DISABLE}), typed=True)

    assert isinstance(decide(POLICY, ANNA, MEMBER, disable), Allowed)
    denied = decide(POLICY, ANNA, MEMBER, enable)
    assert isinstance(denied, Denied)
    assert denied.rule.startswith("nothing is enabled from the command line")
    assert denied.to_others.rule == denied.rule
    assert isinstance(decide(POLICY, ANNA, MEMBER, replace(enable, typed=False)), Allowed)


IN_ALLOWED_USERS = replace(POLICY, source=PolicySource.ALLOWED_USERS)


@pytest.mark.parametrize(
    ("policy", "person", "standing", "wanted"),
    [
        pytest.param(POLICY, EVE, Standing(Account.DEACTIVATED), OPERATOR, id="deactivated"),
        pytest.param(POLICY, EVE, Standing(Account.BOT), OPERATOR, id="a bot"),
        pytest.param(POLICY, EVE, Standing(Account.GUEST), OPERATOR, id="a guest"),
        pytest.param(
            POLICY,
            EVE,
            Standing(Account.UNKNOWN, frozenset({"S0ONCALL"})),
            OPERATOR,
            id="a person of whom Slack tells nothing",
        ),
        pytest.param(POLICY, EVE, unreadable("S0ONCALL"), OPERATOR, id="an unreadable group"),
        pytest.param(POLICY, EVE, MEMBER, VIEWER, id="no role"),
        pytest.param(POLICY, OTTO, MEMBER, APPROVER, id="a lower role"),
        pytest.param(IN_ALLOWED_USERS, EVE, MEMBER, OPERATOR, id="not in ALLOWED_USERS"),
        pytest.param(POLICY, MALLORY, MEMBER, VIEWER, id="another workspace"),
    ],
)
def test_a_refusal_speaks_to_the_person_and_of_the_person(
    policy: Policy, person: Person, standing: Standing, wanted: Role, snapshot: SnapshotAssertion
) -> None:
    """What others read in the request's message says the same of the requester."""
    decision = decide(policy, person, standing, Wanted(wanted))

    assert isinstance(decision, Denied)
    said = [(each.rule, each.hint) for each in (decision, decision.to_others)]
    assert said == snapshot


def test_who_is_unknown_and_in_no_group_is_told_what_is_lacking() -> None:
    """What kind of account somebody has does not matter where no group gives them the role."""
    decision = decide(POLICY, EVE, Standing(Account.UNKNOWN), Wanted(OPERATOR))

    assert isinstance(decision, Denied)
    assert decision.rule == "you hold no role, and this takes an operator"
    assert decision.name is RuleName.ROLE


def test_enabling_what_has_leaked_needs_a_second_person_where_there_is_one() -> None:
    """Where the policy asks for one for anything at all."""
    wanted = Wanted(OPERATOR, frozenset({ENABLE}), leaked=True)
    rules = ApprovalRules(frozenset({DISABLE}))

    assert decide(POLICY, OTTO, MEMBER, wanted) == Allowed("you are an operator")
    assert decide(replace(POLICY, approval=rules), OTTO, MEMBER, wanted).rule == (
        "enabling what was disabled as leaked needs an approval"
    )
