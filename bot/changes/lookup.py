from dataclasses import replace

from bot.changes.authorization import Authorization
from bot.changes.errors import AuthorizationNotFoundError, UpstreamError
from bot.changes.ports import Authorizations, Filter
from bot.changes.suggestions import did_you_mean


async def find(instance: Authorizations, authorization_id: str) -> Authorization:
    """Give an authorization by its whole id.

    Raises:
        AuthorizationNotFoundError: If there is none; its hint names the ids that are most like it.
        UpstreamError: If the instance does not answer as it should.
    """
    try:
        return await instance.get(authorization_id)
    except AuthorizationNotFoundError as error:
        try:
            known = await instance.list(Filter())
        except UpstreamError:
            # The suggestion is a courtesy; what matters is that the id is not there.
            known = []
        hint = did_you_mean(authorization_id, known) or error.problem.hint
        raise AuthorizationNotFoundError(replace(error.problem, hint=hint)) from error
