from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.script import Act, Fill, Hinder, Narrate, Press, Say, Step


def main_job() -> list[Step]:
    """Show the main job: find, look, disable, undo; a stranger is refused; the record."""
    return [
        Narrate("A Telegraf token was pasted in a gist. Alice is on call and looks for it."),
        Act(cast.ALICE),
        Say("/token list telegraf"),
        Narrate("She looks at the one on edge-42 before she touches it."),
        Press(f"Show {TELEGRAF_EDGE_42}"),
        Narrate("She stops it. The bot reads it back before it says so."),
        Say(f"/token disable {TELEGRAF_EDGE_42} --reason pasted in a gist"),
        Narrate("It was the wrong one. Bob presses Undo under the same message."),
        Act(cast.BOB),
        Press("Undo"),
        Narrate("Mallory is not on the list. InfluxDB is not even asked."),
        Act(cast.MALLORY),
        Say(f"/token disable {TELEGRAF_EDGE_42}"),
        Narrate("The record holds all of it, the refusal too."),
        Act(cast.ALICE),
        Say("/token history"),
    ]


def second_person() -> list[Step]:
    """Show a change of several tokens of which one fails, and what needs a second person."""
    return [
        Narrate("Elsewhere a token-bot.toml says: on-call may disable, enabling takes security."),
        Narrate("The edge machines were stolen. Alice stops all tokens of their user at once."),
        Act(cast.ALICE),
        Say("/token disable --user telegraf --reason edge machines stolen"),
        Narrate("She sees what would happen, and confirms. InfluxDB stumbles over one of them."),
        Hinder(TELEGRAF_EDGE_43),
        Press("Confirm"),
        Narrate("The message says what failed, and Retry tries that alone."),
        Press("Retry 1"),
        Narrate("Enabling is slower. Alice asks; nothing happens before security agrees."),
        Say(f"/token enable {INACTIVE_LOAD_TEST} --reason load test of November"),
        Narrate("She may not approve it, being no approver."),
        Press("Approve"),
        Narrate("Carol of security denies it, and says why."),
        Act(cast.CAROL),
        Press("Deny"),
        Fill("Use a new token for that, with an owner who is here."),
        Press("Deny"),
        Narrate("Alice is told directly as well; she may have left the channel."),
        Act(cast.ALICE),
        Narrate("An undo of what was disabled is an enable, so it needs security as well."),
        Press("Undo 1"),
        Narrate(
            "This time Carol agrees. Approved is one thing; done is said when it is read back."
        ),
        Act(cast.CAROL),
        Press("Approve"),
    ]
