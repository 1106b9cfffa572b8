from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.script import Act, Narrate, Press, Say, Step


def tour() -> list[Step]:
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
