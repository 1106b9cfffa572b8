"""Who may do what: everybody tries every command and button under every policy.

The decision of each cell stands below, and its words in the snapshot.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from syrupy.assertion import SnapshotAssertion

from bot.sandbox import cast
from bot.sandbox.slack import ImpossibleInSlackError
from tests.attacks import id_of
from tests.counting import Count
from tests.policy.actions import ALIASES, PRESSED, TYPED, Action, alias
from tests.policy.desk import NINA, PEOPLE, Cell, Desk, Rules, open_desk, press, submit_denial

pytestmark = pytest.mark.asyncio(loop_scope="module")

# A: allowed. P: an approval is asked for. D: denied by the policy. N: only its requester may.
# R: refused by a rule that is nobody's role. -: cannot be done in Slack at all.
# The letters stand for the people in the order of PEOPLE: viewer, operator, approver; stranger,
# guest, deactivated; other workspace, group unreadable.
_READ = "AAA DDD -D"
_ANYONE = "AAA AAA -A"
_OPERATOR = "DAA DDD -D"
_ASKED = "DPP DDD -D"
_NOBODY = "DDD DDD -D"
_BY_RULE = "DRR DDD -D"
# A person of another workspace can press what is shown in a shared channel.
_SEEN = "AAA DDD DD"
_PRESSED = "DAA DDD DD"
_PRESSED_ASKED = "DPP DDD DD"
_PRESSED_BY_NOBODY = "DDD DDD DD"
_APPROVER = "DDA DDD DD"
_ITS_OWN = "DAN DDD DD"
_ITS_OWN_ASKED = "DPN DDD DD"

DECISIONS = {
    #                       simple          with approvals      frozen
    "list": (_READ, _READ, _READ),
    "show": (_READ, _READ, _READ),
    "describe": (_OPERATOR, _OPERATOR, _NOBODY),
    "disable one": (_OPERATOR, _OPERATOR, _NOBODY),
    "disable several": (_OPERATOR, _ASKED, _NOBODY),
    # Where nothing needs an approval it is an ordinary disable.
    "disable --break-glass": (_OPERATOR, _OPERATOR, _NOBODY),
    "disable several --break-glass": (_OPERATOR, _OPERATOR, _NOBODY),
    "disable --user": (_OPERATOR, _ASKED, _NOBODY),
    "disable --for": (_OPERATOR, _BY_RULE, _NOBODY),
    "disable --dry-run": (_OPERATOR, _OPERATOR, _OPERATOR),
    "enable": (_OPERATOR, _ASKED, _NOBODY),
    "enable --dry-run": (_OPERATOR, _OPERATOR, _OPERATOR),
    "undo": (_OPERATOR, _ASKED, _NOBODY),
    "undo CHANGE": (_OPERATOR, _ASKED, _NOBODY),
    "history": (_READ, _READ, _READ),
    "pending": (_READ, _READ, _READ),
    "whoami": (_ANYONE, _ANYONE, _ANYONE),
    "help": (_ANYONE, _ANYONE, _ANYONE),
    "[Show]": (_SEEN, _SEEN, _SEEN),
    "[Details]": (_SEEN, _SEEN, _SEEN),
    "[Disable]": (_PRESSED, _PRESSED, _PRESSED_BY_NOBODY),
    "[Enable]": (_PRESSED, _PRESSED_ASKED, _PRESSED_BY_NOBODY),
    "[Undo]": (_PRESSED, _PRESSED_ASKED, _PRESSED_BY_NOBODY),
    # However the policy is.
    "[Undo] of a break-glass": (_PRESSED_ASKED, _PRESSED_ASKED, _PRESSED_BY_NOBODY),
    "[Review]": (_APPROVER, _APPROVER, _APPROVER),
    # What only votes or cancels changes nothing: a freeze holds what comes of it.
    "[Approve]": (_APPROVER, _APPROVER, _APPROVER),
    "[Deny]": (_APPROVER, _APPROVER, _APPROVER),
    "[Deny] and its form": (_APPROVER, _APPROVER, _APPROVER),
    "[Confirm]": (_ITS_OWN, _ITS_OWN_ASKED, _ITS_OWN_ASKED),
    "[Cancel] one's own": (_PRESSED, _PRESSED, _PRESSED),
    "[Cancel] another's": (_APPROVER, _APPROVER, _APPROVER),
    "[Retry]": (_PRESSED, _PRESSED, _PRESSED_BY_NOBODY),
    "[Disable again]": (_PRESSED, _PRESSED, _PRESSED_BY_NOBODY),
    "[Keep disabled]": (_PRESSED, _PRESSED, _PRESSED),
    "[Next]": (_SEEN, _SEEN, _SEEN),
    "[Previous]": (_SEEN, _SEEN, _SEEN),
}
ACTIONS = (*TYPED, *PRESSED)
# What changes InfluxDB if it is allowed, and nothing stops all changes.
CHANGING = {
    *("describe", "disable one", "disable several", "disable --user", "disable --for", "enable"),
    *("undo", "undo CHANGE", "[Disable]", "[Enable]", "[Undo]", "[Confirm]", "[Retry]"),
    *("[Approve]", "[Disable again]", "disable --break-glass", "disable several --break-glass"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The bot that lasts for the whole matrix."""
    async with open_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


Cells = dict[str, Cell]
"""What came of one action under one policy, by person."""


def decisions(cells: Cells) -> str:
    """Give the letters, in the order of PEOPLE."""
    letters = "".join(cell.decision for cell in cells.values())
    return " ".join((letters[:3], letters[3:6], letters[6:]))


def words(by_rules: dict[Rules, Cells]) -> str:
    """Give each wording once, with who reads it under which policy, and what InfluxDB got."""
    read: dict[Cell, dict[str, list[str]]] = {}
    for rules, cells in by_rules.items():
        for name, cell in cells.items():
            read.setdefault(cell, {}).setdefault(name, []).append(rules.value)
    return "\n\n".join(
        "\n".join(
            (
                f"{cell.decision}{' · PATCH ' + ' '.join(cell.sent) if cell.sent else ''}",
                *(f"  {name}: {', '.join(policies)}" for name, policies in readers.items()),
                cell.words,
            )
        )
        for cell, readers in read.items()
    )


async def tried(desk: Desk, action: Action, rules: Rules) -> Cells:
    """Let everybody try one thing under one policy."""
    cells = {}
    await desk.clear()
    for name, user in PEOPLE.items():
        if desk.ready is None:
            desk.ready = await action.prepare(desk, user)
        await desk.enter(rules, night=user == NINA)
        if desk.ready is None or desk.ready.ephemeral_to is None:
            desk.forget_messages()
        cells[name] = await tries(desk, action, user)
        if cells[name].decision not in {"D", "-", "N"}:
            await desk.clear()
    return cells


async def tries(desk: Desk, action: Action, user: str) -> Cell:
    """Let one person try, and give what came of it."""
    here = desk.here
    before = {m.ts: m.plain for m in (*here.channel(), *here.channel(cast.SHARED))}
    patches = len(here.patches())
    desk.named.clear()
    try:
        await (presses if action.button else types)(desk, action, user)
    except ImpossibleInSlackError as error:
        return Cell("-", f"cannot be done in Slack: {error}".replace(user, "(own id)"))
    told = desk.told(user, before, brief=action.brief)
    if "Not allowed" in desk.named.get("answer", ""):
        told = f"{told}\nthe form says: Not allowed".strip()
    sent = tuple(str(body) for _, body in here.patches()[patches:])
    return Cell(letter(told), told, sent)


async def types(desk: Desk, action: Action, user: str) -> None:
    """Type it; what is shown first is confirmed at once."""
    change = id_of(desk.ready) if "{change}" in action.text and desk.ready else ""
    await desk.here.say(action.text.replace("{change}", change), user=user)
    shown = [m for m in desk.here.channel() if "Confirm" in [b.text for b in m.buttons]]
    if shown and not action.button:
        await desk.here.press(shown[-1], "Confirm", user=user)


async def presses(desk: Desk, action: Action, user: str) -> None:
    """Press it; where a form opens, submit that too if the row says so."""
    assert desk.ready is not None
    button = desk.ready.find_button(action.button, None, 0, outdated=True)
    assert button is not None
    await press(desk, user, button)
    if action.submits:
        await submit_denial(desk, user, button.value or "")
    elif action.button == "Deny":
        await desk.here.settled()


def letter(told: str) -> str:
    """Name a decision by its words."""
    assert told, "whoever tries something is told something"
    if "Not allowed: --for" in told:
        return "R"
    if "Not allowed" in told:
        return "D"
    if "Only who asked" in told:
        return "N"
    return "P" if "Approval needed" in told else "A"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
async def test_matrix(desk: Desk, action: Action, snapshot: SnapshotAssertion) -> None:
    """Each cell is decided as the table says, in these words, and sends no more than it may."""
    by_rules = {rules: await tried(desk, action, rules) for rules in Rules}

    assert tuple(decisions(cells) for cells in by_rules.values()) == DECISIONS[action.name]
    for rules, cells in by_rules.items():
        going = rules is not Rules.FROZEN and action.name in CHANGING
        for name, cell in cells.items():
            assert bool(cell.sent) == (cell.decision == "A" and going), (rules, name)
    assert words(by_rules) == snapshot


@pytest.mark.parametrize("word", ALIASES)
async def test_other_words(desk: Desk, word: str) -> None:
    """Whoever types another word for the same is judged the same."""
    by_rules = {rules: await tried(desk, alias(word), rules) for rules in Rules}

    assert tuple(decisions(cells) for cells in by_rules.values()) == DECISIONS[ALIASES[word]]


async def test_how_many(count: Count) -> None:
    """The table has a row for every action, and says how many cells it has."""
    assert set(DECISIONS) == {action.name for action in ACTIONS}
    actions, people, policies = len(ACTIONS) + len(ALIASES), len(PEOPLE), len(Rules)
    count(
        f"policy matrix: {people} people × {actions} actions × {policies} policies = "
        f"{people * actions * policies} cells"
    )
