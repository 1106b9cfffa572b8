from bot.changes.policy import Role
from bot.commands.answers import FormName, FormWanted
from bot.commands.subcommand import Call, Group, Subcommand


async def leak(*, call: Call) -> FormWanted:
    """Give the form into which a leaked secret goes, so that it is never a command's text."""
    del call
    return FormWanted(FormName.REPORT_LEAK)


SUBCOMMAND = Subcommand(
    name="leak",
    usage="leak",
    summary="Report a leaked token: find it by its secret, disable it, and prove that it is dead.",
    group=Group.CHANGE,
    role=Role.OPERATOR,
    run=leak,
    form=FormName.REPORT_LEAK,
)
