"""What InfluxDB's refusals mean, by status and message, and whether they may have had an effect.

Source: the error envelope and the middleware of ``/api/v2``; several meanings share one code, so
that the message has to tell them apart.
"""

import re
from collections.abc import Callable

from pydantic import ValidationError

from bot.changes.errors import (
    AuthorizationNotFoundError,
    Effect,
    ErrorCode,
    OrphanError,
    Problem,
)
from bot.changes.secret import mask_secrets
from bot.influxdb.call import Answer, Asked, Operation
from bot.influxdb.failure import Failure, effect_unknown, in_seconds, unexpected, usage_error
from bot.influxdb.retry_after import retry_after
from bot.influxdb.wire import ErrorBody, StartingBody

_MISSING = re.compile(r"(?P<permission>(?P<verb>read|write):\S+) is unauthorized")
_RESOURCE = re.compile(
    r"(?:orgs/(?P<org>[0-9a-f]{16})/)?(?P<type>authorizations|users)(?:/(?P<id>[0-9a-f]{16}))?"
)
_LONGEST_QUOTE = 200
# A server's words may be megabytes, and to look for secrets in all of them holds everything up.
_LOOKED_AT = 10_000
_OPERATOR_HINT = "Whoever runs this bot can set it right: "

# What is transient is what InfluxDB Cloud, a server that starts and proxies answer for a while.
_BUSY = frozenset({429, 502, 503, 504})
# The server gave up on the request, or believes that the client did: applied or not, who knows.
_GAVE_UP = frozenset({408, 499})


def refusal(answer: Answer, asked: Asked, mask: Callable[[str], str]) -> Failure:
    """Name what an answer outside 2xx means.

    Args:
        answer: The answer.
        asked: What the call asked for.
        mask: Hides secrets in the server's words.
    """
    if answer.status in _BUSY:
        return _busy(answer, asked)
    if answer.status < 400:
        where = "a redirect, which is not followed, since it could carry the token elsewhere"
        return unexpected(asked, f"HTTP {answer.status}, {where}")
    if answer.status == 405 and not answer.body:
        return _refused(asked, "method not allowed", Effect.NONE)
    said = message_of(answer)
    if said is None:
        return unexpected(asked, f"HTTP {answer.status} without InfluxDB's error message")
    return _meaning(answer.status, quotable(said, mask), asked)


def _meaning(status: int, message: str, asked: Asked) -> Failure:
    match status:
        case 401:
            return _unauthorized(asked, message)
        case 403 if message.lower() == "user is inactive":
            return _own_user_inactive(asked)
        case 404:
            return _not_found(asked, message)
        case _ if status >= 500:
            return _stumbled(asked, status, message)
        case _:
            effect = effect_unknown(asked) if status in _GAVE_UP else Effect.NONE
            return _refused(asked, message, effect)


def message_of(answer: Answer) -> str | None:
    """Give what InfluxDB says in the envelope of its errors; None without one."""
    try:
        return ErrorBody.model_validate_json(answer.body).message
    except ValidationError:
        return None


def quotable(message: str, mask: Callable[[str], str]) -> str:
    """Put a server's words into one short line without secrets."""
    words = message[:_LOOKED_AT].split()
    cut = len(message) > _LOOKED_AT
    # Masked before it is cut: half a token does not look like one. The first cut may leave half a
    # one, in the last word.
    line = mask(" ".join(words[:-1] if cut else words))
    return f"{line[:_LONGEST_QUOTE]}…" if cut or len(line) > _LONGEST_QUOTE else line


def _busy(answer: Answer, asked: Asked) -> Failure:
    wait = retry_after(answer)
    what = "is busy" if answer.status == 429 else "is not available"
    if answer.status == 503:
        what = "is starting" if _starting(answer.body) else "is busy"
    asks = "" if wait is None else f" and asks to wait {in_seconds(wait)}"
    return Failure(
        Problem(
            ErrorCode.INSTANCE_UNAVAILABLE,
            f"{asked.where} {what} (HTTP {answer.status}){asks}.",
            "Ask again later.",
        ),
        # A request over the limit is not dealt with; behind the other statuses it may have been.
        Effect.NONE if answer.status == 429 else effect_unknown(asked),
        transient=True,
        retry_after=wait,
    )


def _starting(body: bytes) -> bool:
    try:
        return StartingBody.model_validate_json(body).status == "starting"
    except ValidationError:
        return False


def _unauthorized(asked: Asked, message: str) -> Failure:
    missing = _MISSING.fullmatch(message)
    if missing is not None:
        permission, verb = missing["permission"], missing["verb"]
        resource = _RESOURCE.fullmatch(permission.removeprefix(f"{verb}:"))
        return Failure(
            Problem(
                ErrorCode.PERMISSION_MISSING,
                f"The bot's token on {asked.where} lacks the permission {permission}.",
                f"The bot needs a token with {_access(verb, resource)}. Permissions of an "
                "existing token cannot be changed.",
            )
        )
    if message.lower() == "token is inactive":
        return Failure(
            Problem(
                ErrorCode.OWN_TOKEN_INACTIVE,
                f"The bot's own token on {asked.where} is inactive.",
                f"{_OPERATOR_HINT}enable it with the influx CLI, or give the bot another one "
                "(INFLUXDB_TOKEN).",
            )
        )
    return Failure(
        Problem(
            ErrorCode.BAD_CREDENTIAL,
            f"{asked.where} does not accept the bot's token.",
            f"{_OPERATOR_HINT}check INFLUXDB_TOKEN.",
        )
    )


def _access(verb: str, resource: re.Match[str] | None) -> str:
    if resource is None:
        return "this permission as well"
    if resource["type"] == "users":
        whom = f"the user {resource['id']}" if resource["id"] else "users"
        return f"{verb} access to {whom} as well, or to all users"
    where = f" in the organisation {resource['org']}" if resource["org"] else ""
    return f"{verb} access to authorizations{where} as well"


def _own_user_inactive(asked: Asked) -> Failure:
    return Failure(
        Problem(
            ErrorCode.OWN_USER_INACTIVE,
            f"The user whose token the bot uses on {asked.where} is inactive or deleted.",
            f"{_OPERATOR_HINT}activate the user, or give the bot another user's token "
            "(INFLUXDB_TOKEN).",
        )
    )


def _not_found(asked: Asked, message: str) -> Failure:
    what, one = message.lower(), asked.authorization_id
    if asked.operation is Operation.LIST:
        return _no_such_name(asked, what) or _refused(asked, message, Effect.NONE)
    if one and what == "authorization not found":
        problem = Problem(
            ErrorCode.AUTHORIZATION_NOT_FOUND,
            f"There is no authorization {one} on {asked.where}.",
            "The command list shows the ids.",
        )
        return Failure(problem, made=AuthorizationNotFoundError)
    if one and what == "user not found":
        problem = Problem(
            ErrorCode.ORPHAN,
            f"The owner of {one} on {asked.where} no longer exists. InfluxDB already refuses "
            "its token (403 User is inactive).",
            "The influx CLI can delete it.",
        )
        # InfluxDB looks the owner's name up only after it has written the change.
        effect = Effect.APPLIED if asked.changes else Effect.NONE
        return Failure(problem, effect, made=OrphanError)
    # Other names, such as the organisation's, are looked up after the change as well.
    return _refused(asked, message, effect_unknown(asked))


def _no_such_name(asked: Asked, what: str) -> Failure | None:
    user, org = asked.wanted.user, asked.wanted.org
    if user is not None and what == "user not found":
        missing = f"user named {mask_secrets(user)}"
    elif org is not None and what.startswith("organization"):
        missing = f"organisation named {mask_secrets(org)}"
    else:
        return None
    problem = Problem(
        ErrorCode.USAGE,
        f"There is no {missing} on {asked.where}.",
        "Names are written exactly as in InfluxDB, upper and lower case included.",
    )
    return Failure(problem, made=usage_error)


def _stumbled(asked: Asked, status: int, message: str) -> Failure:
    return Failure(
        Problem(
            ErrorCode.UNEXPECTED_ANSWER,
            f"{asked.where} stumbled (HTTP {status}): {message}.",
            "InfluxDB's own log may tell more.",
        ),
        effect_unknown(asked),
    )


def _refused(asked: Asked, message: str, effect: Effect) -> Failure:
    return Failure(
        Problem(ErrorCode.INSTANCE_REFUSED, f"{asked.where} refused: {message}."), effect
    )
