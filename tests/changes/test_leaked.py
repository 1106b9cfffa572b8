"""From a leaked secret to its proven end, by the heart alone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import Effect, ErrorCode, Problem, UpstreamError, UserError
from bot.changes.leak_intake import Leak
from bot.changes.leak_report import LeakReport, Proof
from bot.changes.leaked import leaked as leaked_tokens
from bot.changes.policy import ApprovalRules, Policy
from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.changes.update import DISABLED, AuthorizationUpdate, ChangeKind
from bot.changes.wish import Wish
from tests.changes.conftest import TOKENS
from tests.changes.samples import NOON
from tests.changes.workshop import CAROL, DOWN, EVE, InMemoryAuthorizations, Workshop, workshop

SECRET = SecretStr("s3cret-of-the-third-token")
FIRST, SECOND, THIRD, *_ = (each.id for each in TOKENS)
ENABLE = AuthorizationUpdate(Status.ACTIVE)


def leaked(**fields: object) -> Leak:
    """Report the secret, found in a gist."""
    return Leak(**{"secret": SECRET, "found_in": "a public gist", **fields})  # type: ignore[arg-type]


def holds(here: Workshop, *, hidden: bool) -> None:
    """Let the third token have the secret, which the server shows or hides."""
    here.default.secrets[THIRD] = SECRET.get_secret_value()
    here.default.hides = hidden


def report_of(request: ChangeRequest) -> LeakReport:
    """Give what is recorded of the secret."""
    assert request.leak is not None
    return request.leak


def states(request: ChangeRequest) -> dict[str, str]:
    """Name what has become of each token."""
    return {target.authorization_id: target.state.value for target in request.targets}


async def reported(here: Workshop, leak: Leak | None = None) -> ChangeRequest:
    """Report a leak and let it be looked into."""
    request = await here.heart.leak_intake.report(here.ask(), leak or leaked())
    await here.settled()
    return await here.request(request.id)


async def ordered(here: Workshop, *order: str) -> ChangeRequest:
    """Report a leak on a server that hides tokens, and say in which order they are tried."""
    holds(here, hidden=True)
    shown = await reported(here)
    assert shown.state is RequestState.PREVIEWED
    await here.heart.moves.confirm(here.ask(), shown.id, order=order)
    await here.settled()
    return await here.request(shown.id)


async def test_a_server_that_shows_tokens_names_it(here: Workshop) -> None:
    """One token is disabled, and the secret tried before and after."""
    holds(here, hidden=False)
    async with here.working():
        request = await reported(here)

    report = report_of(request)
    assert request.state is RequestState.FINISHED
    assert states(request) == {THIRD: "done"}
    assert report.named("default")
    assert [each.before.verdict for each in report.looked] == [ProbeVerdict.LIVE]
    assert [each.after.verdict for each in report.attempts] == [ProbeVerdict.INACTIVE]
    assert report.proof is Proof.DEAD
    assert report.seconds_from(request.created_at) == 0
    assert here.leaks.counts == ["received", "identified: named", "disabled", "dead after 0 s"]


async def test_the_owner_s_tokens_are_tried_one_at_a_time(here: Workshop) -> None:
    """Two wrong ones are active again, the right one is not, and the rest is left alone."""
    async with here.working():
        request = await ordered(here, SECOND, FIRST, THIRD)

    report = report_of(request)
    assert states(request) == {
        FIRST: "returned",
        SECOND: "returned",
        THIRD: "done",
        TOKENS[3].id: "cancelled",
        TOKENS[4].id: "cancelled",
    }
    assert report.proof is Proof.DEAD
    assert [each.authorization_id for each in report.attempts] == [SECOND, FIRST, THIRD]
    active = {key for key, each in here.default.tokens.items() if each.active}
    assert active == {each.id for each in TOKENS} - {THIRD}
    assert [key for key, _ in here.default.sent] == [SECOND, SECOND, FIRST, FIRST, THIRD]
    tags = [e.tag.value for e in await here.events() if e.change_id == request.id]
    assert tags.count("change.return_intended") == tags.count("change.returned") == 2
    assert tags[-1] == "leak.concluded"


async def test_without_a_choice_all_are_tried_as_listed(here: Workshop) -> None:
    """The third is found after the first two."""
    async with here.working():
        request = await ordered(here)

    assert [key for key, _ in here.default.sent] == [FIRST, FIRST, SECOND, SECOND, THIRD]
    assert report_of(request).proof is Proof.DEAD


async def test_what_is_not_chosen_is_not_tried(here: Workshop) -> None:
    """The responder names one that is not it: it is active again, and the secret still works."""
    async with here.working():
        request = await ordered(here, FIRST)

    assert states(request)[FIRST] == "returned"
    assert states(request)[THIRD] == "cancelled"
    assert report_of(request).proof is Proof.ALIVE
    assert here.leaks.counts[-1] == "not proven: alive"


async def test_nobody_chooses_what_was_not_shown(here: Workshop) -> None:
    """An order that names another token is refused, and nothing is tried."""
    holds(here, hidden=True)
    async with here.working():
        shown = await reported(here)
        with pytest.raises(UserError):
            await here.heart.moves.confirm(here.ask(), shown.id, order=["0d0d0d0d0d0d00ff"])

    assert here.default.sent == []


async def test_a_single_token_of_the_owner_is_disabled_at_once(tmp_path: Path) -> None:
    """There is nothing to choose."""
    async with workshop(tmp_path, InMemoryAuthorizations(TOKENS[2:3])) as here, here.working():
        holds(here, hidden=True)
        request = await reported(here)

    assert states(request) == {THIRD: "done"}
    assert report_of(request).proof is Proof.DEAD


async def test_what_somebody_else_has_touched_is_not_put_back(here: Workshop) -> None:
    """Between the disable and the probe, the wrong pick is renamed: it stays, and that is said."""
    holds(here, hidden=True)
    probe = here.default.probe

    async def renamed_meanwhile(secret: SecretStr) -> object:
        token = here.default.tokens[FIRST]
        if not token.active:
            here.default.tokens[FIRST] = AuthorizationUpdate(description="mine").apply(token)
            here.default.tokens[FIRST] = _touched(here, FIRST)
        return await probe(secret)

    here.default.probe = renamed_meanwhile  # type: ignore[method-assign,assignment]
    async with here.working():
        shown = await reported(here)
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        request = await here.request(shown.id)

    attempt = report_of(request).attempt("default", FIRST)
    assert states(request)[FIRST] == "done"
    assert not here.default.tokens[FIRST].active
    assert attempt is not None
    assert attempt.left is not None
    assert attempt.left.code is ErrorCode.CHANGED_SINCE
    assert report_of(request).proof is Proof.DEAD


async def test_a_wrong_pick_is_put_back_as_soon_as_influxdb_answers(here: Workshop) -> None:
    """The PATCH that puts it back is not taken at first; it is sent again until it is."""
    holds(here, hidden=True)
    busy = UpstreamError(
        Problem(ErrorCode.INSTANCE_UNAVAILABLE, "busy."), Effect.NONE, passing=True
    )
    update = here.default.update

    async def busy_for_enables(authorization_id: str, *args: object) -> None:
        if args[0] == ENABLE and here.now < NOON + timedelta(seconds=5):
            raise busy
        await update(authorization_id, *args)  # type: ignore[arg-type]

    here.default.update = busy_for_enables  # type: ignore[method-assign,assignment]
    async with here.working():
        shown = await reported(here)
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        waiting = await here.request(shown.id)
        for _ in range(4):
            here.later(timedelta(seconds=30))
            await here.settled()
        request = await here.request(shown.id)

    assert states(waiting)[FIRST] == "returning"
    assert "busy" in waiting.held_back
    assert states(request)[FIRST] == "returned"
    assert report_of(request).proof is Proof.DEAD


def refuse_enables(here: Workshop) -> None:
    """Have InfluxDB refuse whatever would enable a token."""
    denied = UpstreamError(Problem(ErrorCode.PERMISSION_MISSING, "write:users is unauthorized."))
    update = here.default.update

    async def no_enables(authorization_id: str, *args: object) -> None:
        if args[0] == ENABLE:
            raise denied
        await update(authorization_id, *args)  # type: ignore[arg-type]

    here.default.update = no_enables  # type: ignore[method-assign,assignment]


async def test_a_wrong_pick_that_cannot_be_put_back_is_named(here: Workshop) -> None:
    """InfluxDB refuses the enable: the token stays disabled, and the report goes on."""
    holds(here, hidden=True)
    refuse_enables(here)
    async with here.working():
        shown = await reported(here)
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        request = await here.request(shown.id)

    attempt = report_of(request).attempt("default", FIRST)
    assert attempt is not None
    assert attempt.left is not None
    assert "still disabled" in attempt.left.message
    assert states(request)[FIRST] == states(request)[THIRD] == "done"


async def test_a_timeout_proves_nothing(here: Workshop) -> None:
    """It stays disabled, nothing is put back, no other is tried, and nobody says it is dead."""
    holds(here, hidden=True)
    async with here.working():
        shown = await reported(here)
        here.default.mute = [ProbeVerdict.LIVE, ProbeVerdict.NOT_PROVEN]
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        request = await here.request(shown.id)

    assert states(request)[FIRST] == "done"
    assert states(request)[THIRD] == "cancelled"
    assert report_of(request).proof is Proof.NOT_PROVEN
    assert here.leaks.counts[-1] == "not proven: not_proven"


async def test_a_token_that_is_disabled_already_is_told_without_a_patch(here: Workshop) -> None:
    """The server names it, and refuses the secret before anything is done."""
    holds(here, hidden=False)
    here.default.tokens[THIRD] = DISABLED.apply(TOKENS[2])
    async with here.working():
        request = await reported(here)

    assert states(request) == {THIRD: "unchanged"}
    assert request.state is RequestState.FINISHED
    assert report_of(request).proof is Proof.ALREADY_DEAD
    assert here.default.sent == []


async def test_a_server_that_hides_tokens_does_not_say_whose_a_disabled_one_is(
    here: Workshop,
) -> None:
    """It is told that it is disabled already, and that nobody can say which it is."""
    holds(here, hidden=True)
    here.default.tokens[THIRD] = DISABLED.apply(TOKENS[2])
    async with here.working():
        request = await reported(here)

    assert request.targets == ()
    assert request.closing is not None
    assert request.closing.code is ErrorCode.LEAK_ALREADY_DISABLED
    assert report_of(request).proof is Proof.ALREADY_DEAD


async def test_what_nobody_knows_is_not_found(here: Workshop) -> None:
    """What was looked at is recorded: five tokens were compared, and the secret was tried."""
    async with here.working():
        request = await reported(here)

    (looked,) = report_of(request).looked
    assert request.closing is not None
    assert request.closing.code is ErrorCode.LEAK_NOT_FOUND
    assert (looked.shown, looked.before.verdict) == (5, ProbeVerdict.UNKNOWN_TOKEN)
    assert report_of(request).proof is Proof.NOT_FOUND
    assert here.leaks.counts == ["received", "not proven: leak_not_found"]


async def test_an_instance_that_is_silent_is_waited_for(here: Workshop) -> None:
    """The report waits and says so; once the instance answers, it goes on."""
    holds(here, hidden=False)
    here.default.silent = DOWN
    async with here.working():
        waiting = await reported(here)
        here.default.silent = None
        here.later(timedelta(minutes=1))
        await here.settled()
        request = await here.request(waiting.id)

    assert waiting.state is RequestState.ACCEPTED
    assert "did not answer" in waiting.held_back
    assert report_of(request).proof is Proof.DEAD


async def test_what_stays_silent_is_not_said_to_be_safe(here: Workshop) -> None:
    """After the last try, it is told that nobody looked."""
    here.default.silent = DOWN
    async with here.working():
        waiting = await reported(here)
        here.later(timedelta(days=2))
        await here.settled()
        request = await here.request(waiting.id)

    assert request.closing is not None
    assert request.closing.code is ErrorCode.LEAK_NOT_LOOKED_AT
    assert report_of(request).proof is Proof.NOT_PROVEN


async def test_two_instances_are_both_looked_at(two: Workshop) -> None:
    """What one of them knows is found there, though the other does not answer."""
    first, lab = two.instances.values()
    first.silent = DOWN
    lab.secrets[TOKENS[2].id] = SECRET.get_secret_value()
    async with two.working():
        request = await reported(two)

    assert [(t.instance, t.state.value) for t in request.targets] == [("lab", "done")]
    assert report_of(request).proof is Proof.DEAD
    verdicts = {each.instance: each.before.verdict for each in report_of(request).looked}
    assert verdicts == {"default": ProbeVerdict.NOT_PROVEN, "lab": ProbeVerdict.LIVE}


async def test_the_same_secret_on_two_instances_is_disabled_on_both(two: Workshop) -> None:
    """A database that was copied brings its tokens along."""
    for instance in two.instances.values():
        instance.secrets[TOKENS[0].id] = SECRET.get_secret_value()
    async with two.working():
        request = await reported(two)

    assert sorted((t.instance, t.state.value) for t in request.targets) == [
        ("default", "done"),
        ("lab", "done"),
    ]
    assert len(report_of(request).attempts) == 2
    assert report_of(request).proof is Proof.DEAD


async def test_the_owner_s_other_tokens_are_a_change_of_their_own(here: Workshop) -> None:
    """It is shown first, as several tokens are; the leaked one does not wait for that."""
    holds(here, hidden=False)
    async with here.working():
        request = await reported(here, leaked(others=True))
        (asked,) = report_of(request).others_by
        others = await here.request(asked.change_id)

    assert report_of(request).proof is Proof.DEAD
    assert others.leak_of == request.id
    assert others.state is RequestState.PREVIEWED
    assert {t.authorization_id for t in others.targets} == {e.id for e in TOKENS} - {THIRD}


async def test_a_report_is_judged_as_a_disable(here: Workshop) -> None:
    """A stranger's is denied, and the secret is not kept."""
    holds(here, hidden=False)
    async with here.working():
        with pytest.raises(UserError) as denied:
            await here.heart.leak_intake.report(here.ask(EVE), leaked())
        await here.settled()

    assert denied.value.problem.code is ErrorCode.NOT_ALLOWED
    assert here.default.probed == 0
    assert await here.tags() == ["request.denied"]


async def test_where_disabling_needs_an_approval_it_waits_for_one(here: Workshop) -> None:
    """It is looked for at once, and disabled once somebody agrees."""
    holds(here, hidden=False)
    rules = ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE}))
    here.policy = _with_approval(here, rules)
    async with here.working():
        waiting = await reported(here)
        await here.heart.moves.approve(here.ask(CAROL), waiting.id)
        await here.settled()
        request = await here.request(waiting.id)

    assert waiting.state is RequestState.AWAITING_APPROVAL
    assert report_of(request).proof is Proof.DEAD


@pytest.mark.parametrize("words", ["found_in", "reason"])
async def test_a_secret_in_the_words_is_refused(here: Workshop, words: str) -> None:
    """Nothing is stored."""
    text = f"it was {SECRET.get_secret_value()}, I think"
    with pytest.raises(UserError) as refused:
        await here.heart.leak_intake.report(here.ask(), leaked(**{words: text}))

    assert refused.value.problem.code is ErrorCode.LOOKS_LIKE_SECRET
    assert SECRET.get_secret_value() not in str([e.detail for e in await here.events()])


async def test_enabling_what_had_leaked_needs_a_second_person(here: Workshop) -> None:
    """Where the policy has one for anything; an undo is no way around it."""
    holds(here, hidden=False)
    here.policy = _with_approval(here, ApprovalRules(several=True))
    async with here.working():
        request = await reported(here)
        undo = await here.heart.reversals.undo(here.ask(), request.id)
        await here.settled()
        other = Wish((Target("default", FIRST, DISABLED),))
        free = await here.heart.intake.open(here.ask(), other)
        await here.settled()
        freely = await here.heart.reversals.undo(here.ask(), free.id)
        await here.settled()
        waiting = await here.request(undo.id)
        await here.heart.moves.approve(here.ask(CAROL), undo.id)
        await here.settled()
        again = await here.heart.intake.open(
            here.ask(), Wish((Target("default", THIRD, DISABLED),))
        )
        await here.settled()
        once_agreed = await here.heart.reversals.undo(here.ask(), again.id)
        await here.settled()
        final = await here.request(once_agreed.id)
        unhindered = await here.request(freely.id)

    assert waiting.state is RequestState.AWAITING_APPROVAL
    assert waiting.approval is not None
    assert "leaked" in waiting.approval.rule
    assert unhindered.state is final.state is RequestState.FINISHED


async def test_where_nobody_is_a_second_person_none_is_asked_for(here: Workshop) -> None:
    """The policy has no approvals, so an undo runs at once."""
    holds(here, hidden=False)
    async with here.working():
        request = await reported(here)
        undo = await here.heart.reversals.undo(here.ask(), request.id)
        await here.settled()
        undone = await here.request(undo.id)

    assert undone.state is RequestState.FINISHED
    assert here.default.tokens[THIRD].active


async def test_another_process_leaves_the_case_to_its_keeper(here: Workshop) -> None:
    """As long as that one lives; after it, the case ends without the secret."""
    holds(here, hidden=False)
    request = await here.heart.leak_intake.report(here.ask(), leaked())
    other = Workshop(here.store, here.file, here.instances, here.policy, keeper="keeper 2")
    async with other.working():
        await other.settled()
        untouched = await here.request(request.id)
        async with here.store.transaction() as transaction:
            await transaction.leave("keeper 1")
        await other.settled()
        gone = await here.request(request.id)

    assert untouched.state is RequestState.ACCEPTED
    assert gone.closing is not None
    assert gone.closing.code is ErrorCode.LEAK_SECRET_GONE
    assert here.default.sent == []


async def test_whoever_takes_over_leaves_disabled_what_nobody_can_prove(here: Workshop) -> None:
    """The keeper ended after the disable: it stays, and the receipt says that it is not proven."""
    holds(here, hidden=False)
    here.default.secrets.clear()
    async with here.working():
        here.default.secrets[THIRD] = SECRET.get_secret_value()
        probe = here.default.probe
        calls = 0

        async def ended(secret: SecretStr) -> object:
            nonlocal calls
            calls += 1
            if calls > 1:
                raise RuntimeError("as if the process had ended")
            return await probe(secret)

        here.default.probe = ended  # type: ignore[method-assign,assignment]
        request = await here.heart.leak_intake.report(here.ask(), leaked())
        await here.settled()
    here.default.probe = probe  # type: ignore[method-assign]
    other = Workshop(here.store, here.file, here.instances, here.policy, keeper="keeper 2")
    async with here.store.transaction() as transaction:
        await transaction.leave("keeper 1")
    other.later(timedelta(minutes=10))
    async with other.working():
        await other.settled()
    ended_request = await here.request(request.id)

    assert states(ended_request) == {THIRD: "done"}
    assert report_of(ended_request).proof is Proof.NOT_PROVEN
    assert ended_request.state is RequestState.FINISHED
    assert other.leaks.counts == ["not proven: leak_secret_gone"]


async def test_the_secret_is_forgotten_when_the_case_is_over(here: Workshop) -> None:
    """A keeper that holds nothing does not count as one."""
    holds(here, hidden=False)
    async with here.working():
        await reported(here)

    assert SECRET.get_secret_value() not in str(vars(here.heart.keeping))


async def test_the_database_never_holds_the_secret(here: Workshop) -> None:
    """Neither the file nor what is beside it."""
    async with here.working():
        await ordered(here, FIRST, THIRD)

    for file in here.file.parent.iterdir():
        assert SECRET.get_secret_value().encode() not in file.read_bytes(), file.name


def _touched(here: Workshop, authorization_id: str) -> Authorization:
    token = here.default.tokens[authorization_id]
    return replace(token, revision=token.revision + 1)


def _with_approval(here: Workshop, rules: ApprovalRules) -> Policy:
    return replace(here.policy, approval=rules)


async def test_each_instance_that_hides_tokens_is_gone_through(two: Workshop) -> None:
    """The same secret is live on both: what is found on one does not end the other's search."""
    for instance in two.instances.values():
        instance.secrets[TOKENS[0].id] = SECRET.get_secret_value()
        instance.hides = True
    async with two.working():
        shown = await reported(two)
        await two.heart.moves.confirm(two.ask(), shown.id)
        await two.settled()
        request = await two.request(shown.id)

    done = {t.key for t in request.targets if t.state.value == "done"}
    assert shown.state is RequestState.PREVIEWED
    assert done == {("default", TOKENS[0].id), ("lab", TOKENS[0].id)}
    assert report_of(request).proof is Proof.DEAD


async def test_what_one_instance_names_another_may_hide(two: Workshop) -> None:
    """Both accept the secret: the named token is disabled, and the other's owner's are tried."""
    first, lab = two.instances.values()
    for instance in (first, lab):
        instance.secrets[TOKENS[0].id] = SECRET.get_secret_value()
    lab.hides = True
    async with two.working():
        shown = await reported(two)
        await two.heart.moves.confirm(two.ask(), shown.id, order=(TOKENS[2].id, TOKENS[0].id))
        await two.settled()
        request = await two.request(shown.id)

    assert {t.key: t.state.value for t in request.targets} == {
        ("default", TOKENS[0].id): "done",
        ("lab", TOKENS[0].id): "done",
        ("lab", TOKENS[2].id): "returned",
    }
    assert report_of(request).proof is Proof.DEAD


async def test_others_are_asked_for_though_the_leaked_one_is_disabled_already(
    here: Workshop,
) -> None:
    """The box was ticked, so it counts; nothing is left to do about the leaked one."""
    holds(here, hidden=False)
    here.default.tokens[THIRD] = DISABLED.apply(TOKENS[2])
    async with here.working():
        request = await reported(here, leaked(others=True))
        (asked,) = report_of(request).others_by
        others = await here.request(asked.change_id)

    assert request.state is RequestState.FINISHED
    assert others.state is RequestState.PREVIEWED


async def test_a_refused_report_asks_for_no_others(here: Workshop) -> None:
    """The bot's own token is refused, and its user's other tokens are left alone."""
    holds(here, hidden=False)
    here.default.tokens[THIRD] = replace(TOKENS[2], own=True)
    async with here.working():
        request = await reported(here, leaked(others=True))

    assert states(request) == {THIRD: "refused"}
    assert report_of(request).others_by == ()


async def test_a_wrong_pick_that_stayed_disabled_is_enabled_as_any_other(here: Workshop) -> None:
    """It has not leaked, so that no second person is needed for it."""
    holds(here, hidden=True)
    here.policy = _with_approval(here, ApprovalRules(several=True))
    update = here.default.update
    refuse_enables(here)
    async with here.working():
        shown = await reported(here)
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        here.default.update = update  # type: ignore[method-assign]
        opened = await here.heart.intake.open(here.ask(), Wish((Target("default", FIRST, ENABLE),)))
        leaky = await here.heart.intake.open(here.ask(), Wish((Target("default", THIRD, ENABLE),)))
        await here.settled()
        enabled, waiting = await here.request(opened.id), await here.request(leaky.id)

    assert enabled.state is RequestState.FINISHED
    assert waiting.state is RequestState.AWAITING_APPROVAL


async def test_a_keeper_forgets_what_another_has_brought_to_its_end(here: Workshop) -> None:
    """And what was never stored, once that has been seen twice."""
    holds(here, hidden=False)
    request = await here.heart.leak_intake.report(here.ask(), leaked())
    vault = here.heart.vault
    vault.put("NEVER1", SECRET)
    await here.heart.keeping.give_sign()
    first_look = set(vault.held)
    other = Workshop(here.store, here.file, here.instances, here.policy, keeper="keeper 2")
    async with here.store.transaction() as transaction:
        await transaction.leave("keeper 1")
    async with other.working():
        await other.settled()
    await here.heart.keeping.give_sign()

    assert first_look == {request.id, "NEVER1"}
    assert vault.held == ()


async def test_what_another_has_disabled_meanwhile_is_not_taken_for_it(here: Workshop) -> None:
    """The right one is disabled by others while the order is asked: nothing else is touched."""
    holds(here, hidden=True)
    async with here.working():
        shown = await reported(here)
        other = Wish((Target("default", THIRD, DISABLED),))
        await here.heart.intake.open(here.ask(CAROL), other)
        await here.settled()
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        request = await here.request(shown.id)

    assert states(request)[FIRST] == "cancelled"
    assert here.default.tokens[FIRST].active
    assert report_of(request).proof is Proof.ALREADY_DEAD
    assert here.leaks.counts[-1] == "not proven: already_dead"


async def test_two_reports_of_one_secret_name_one_token(here: Workshop) -> None:
    """Both are started at once, in opposite orders: the second finds it dead already."""
    holds(here, hidden=True)
    async with here.working():
        mine = await reported(here)
        theirs = await here.heart.leak_intake.report(here.ask(CAROL), leaked())
        await here.settled()
        await here.heart.moves.confirm(here.ask(), mine.id, order=(THIRD, FIRST))
        await here.heart.moves.confirm(here.ask(CAROL), theirs.id, order=(FIRST, THIRD))
        await here.settled()
        first, second = await here.request(mine.id), await here.request(theirs.id)

    assert report_of(first).proof is Proof.DEAD
    assert report_of(second).proof is Proof.ALREADY_DEAD
    assert {key for key, each in here.default.tokens.items() if not each.active} == {THIRD}


async def test_an_owner_who_is_deactivated_proves_nothing_of_a_token(here: Workshop) -> None:
    """InfluxDB refuses the secret for another reason: the pick may be wrong, and that is said."""
    holds(here, hidden=True)
    async with here.working():
        shown = await reported(here)
        here.default.mute = [ProbeVerdict.LIVE, ProbeVerdict.OWNER_INACTIVE]
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST, THIRD))
        await here.settled()
        request = await here.request(shown.id)

    assert leaked_tokens(request) == ()
    assert report_of(request).proof is Proof.NOT_PROVEN
    assert here.leaks.counts[-1] == "not proven: not_proven"


async def test_what_was_disabled_before_its_leak_was_reported_has_leaked(here: Workshop) -> None:
    """Enabling it needs a second person all the same."""
    holds(here, hidden=False)
    here.policy = _with_approval(here, ApprovalRules(several=True))
    async with here.working():
        await here.heart.intake.open(here.ask(), Wish((Target("default", THIRD, DISABLED),)))
        await here.settled()
        await reported(here)
        opened = await here.heart.intake.open(here.ask(), Wish((Target("default", THIRD, ENABLE),)))
        await here.settled()
        waiting = await here.request(opened.id)

    assert waiting.state is RequestState.AWAITING_APPROVAL


async def test_each_owner_s_other_tokens_are_asked_for(two: Workshop) -> None:
    """The secret is on two instances, whose owners may differ: each has a change of its own."""
    first, lab = two.instances.values()
    lab.tokens = {k: replace(each, user="erin") for k, each in lab.tokens.items()}
    for instance in (first, lab):
        instance.secrets[TOKENS[0].id] = SECRET.get_secret_value()
    async with two.working():
        request = await reported(two, leaked(others=True))
        asked = report_of(request).others_by
        changes = [await two.request(each.change_id) for each in asked]

    assert {(each.instance, each.user) for each in asked} == {
        ("default", TOKENS[0].user),
        ("lab", "erin"),
    }
    assert [[t.key for t in each.targets] for each in changes] == [
        [("default", TOKENS[1].id)],
        [("lab", TOKENS[2].id)],
    ]


async def test_one_id_on_two_instances_is_named_with_its_instance(two: Workshop) -> None:
    """An id that both have names neither."""
    for instance in two.instances.values():
        instance.secrets[TOKENS[0].id] = SECRET.get_secret_value()
        instance.hides = True
    async with two.working():
        shown = await reported(two)
        with pytest.raises(UserError):
            await two.heart.moves.confirm(two.ask(), shown.id, order=(TOKENS[0].id,))
        chosen = f"lab:{TOKENS[0].id}"
        await two.heart.moves.confirm(two.ask(), shown.id, order=(chosen,))
        await two.settled()
        request = await two.request(shown.id)
        confirmed = [e for e in await two.events() if e.tag.value == "request.confirmed"]

    assert [a.key for a in report_of(request).attempts] == [("lab", TOKENS[0].id)]
    assert two.instances["default"].sent == []
    assert confirmed[-1].detail["order"] == chosen


async def test_the_others_of_a_timer_come_back_without_the_leaked_one(here: Workshop) -> None:
    """Three tokens were to be enabled after two hours: the one that has leaked is left out."""
    holds(here, hidden=False)
    three = tuple(Target("default", each, DISABLED) for each in (FIRST, SECOND, THIRD))
    async with here.working():
        timed = await here.heart.intake.open(here.ask(), Wish(three, lasts=timedelta(hours=2)))
        await here.settled()
        await here.heart.moves.confirm(here.ask(), timed.id)
        await here.settled()
        request = await reported(here)
        here.later(timedelta(hours=2))
        await here.settled()
        ended = await here.request(timed.id)
        again = await here.request(ended.undone_by or "")

    assert [(each.authorization_id, each.change_id) for each in report_of(request).kept] == [
        (THIRD, timed.id)
    ]
    assert ended.timer is not None
    assert ended.timer.stopped_by == ""
    assert states(again) == {FIRST: "done", SECOND: "done", THIRD: "refused"}
    assert {k for k, each in here.default.tokens.items() if not each.active} == {THIRD}


async def test_what_was_active_again_and_is_proven_to_be_it_stays_disabled(here: Workshop) -> None:
    """Others had ended its timer early; the timer must not end what the report has disabled."""
    holds(here, hidden=True)
    async with here.working():
        only = Wish((Target("default", THIRD, DISABLED),), lasts=timedelta(hours=2))
        timed = await here.heart.intake.open(here.ask(), only)
        await here.settled()
        here.default.tokens[THIRD] = replace(TOKENS[2], revision=9)
        shown = await reported(here)
        await here.heart.moves.confirm(here.ask(), shown.id, order=(THIRD,))
        await here.settled()
        request = await here.request(shown.id)
        here.later(timedelta(hours=3))
        await here.settled()
        ended = await here.request(timed.id)

    assert report_of(request).proof is Proof.DEAD
    assert [each.change_id for each in report_of(request).kept] == [timed.id]
    assert ended.timer is not None
    assert ended.timer.stopped_by == "U0ALICE"
    assert not here.default.tokens[THIRD].active


async def test_only_its_owner_s_tokens_may_be_it(here: Workshop) -> None:
    """The owner was known before somebody else disabled the token: nobody else's is listed."""
    holds(here, hidden=True)
    here.default.tokens[SECOND] = replace(TOKENS[1], user_id="0d0d0d0d0d0d00ee", user="erin")
    async with here.working():
        shown = await reported(here)
        for each in (SECOND, THIRD):
            only = Wish((Target("default", each, DISABLED),), lasts=timedelta(hours=2))
            await here.heart.intake.open(here.ask(CAROL), only)
        await here.settled()
        await here.heart.moves.confirm(here.ask(), shown.id, order=(FIRST,))
        await here.settled()
        request = await here.request(shown.id)

    assert report_of(request).proof is Proof.ALREADY_DEAD
    assert [each.authorization_id for each in report_of(request).may_return] == [THIRD]


async def test_a_timer_that_is_newer_than_the_report_is_no_way_around_it(here: Workshop) -> None:
    """Others set the leaked token active, and it is disabled for two hours: it stays disabled."""
    holds(here, hidden=False)
    async with here.working():
        await reported(here)
        here.default.tokens[THIRD] = replace(TOKENS[2], revision=9)
        only = Wish((Target("default", THIRD, DISABLED),), lasts=timedelta(hours=2))
        timed = await here.heart.intake.open(here.ask(), only)
        await here.settled()
        here.later(timedelta(hours=2))
        await here.settled()
        # Refused, it gives the change back to be undone: only the record still names it.
        again = await here.request((await here.events())[-1].change_id or "")

    assert again.undo_of == timed.id
    assert states(again) == {THIRD: "refused"}
    assert again.targets[0].problem is not None
    assert again.targets[0].problem.code is ErrorCode.HAS_LEAKED
    assert not here.default.tokens[THIRD].active


async def test_what_is_closed_before_it_is_carried_out_is_counted_by_its_end(
    here: Workshop,
) -> None:
    """Cancelled, denied, left to expire: each is a report without a proof, once."""
    holds(here, hidden=True)
    async with here.working():
        cancelled = await reported(here)
        await here.heart.moves.cancel(here.ask(), cancelled.id)
        with pytest.raises(UserError):
            await here.heart.moves.cancel(here.ask(), cancelled.id)
        await reported(here)
        here.later(timedelta(minutes=10))
        await here.settled()
        holds(here, hidden=False)
        rules = ApprovalRules(needed_for=frozenset({ChangeKind.DISABLE}))
        here.policy = _with_approval(here, rules)
        denied = await reported(here)
        await here.heart.moves.deny(here.ask(CAROL), denied.id, "not ours")
        await here.settled()

    ends = [each for each in here.leaks.counts if each.startswith("not proven")]
    assert ends == [f"not proven: {each}" for each in ("cancelled", "expired", "denied")]
