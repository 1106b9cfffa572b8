"""What InfluxDB's answer to ``GET /api/v2/me`` says of the token that was sent with it.

Source: the middleware of ``/api/v2`` (``http/authentication_middleware.go``) and of users. Several
meanings share one status, so that the message has to tell them apart.
"""

import re
from collections.abc import Callable

from bot.changes.probe import Probe, ProbeVerdict
from bot.influxdb.call import Answer
from bot.influxdb.errors import message_of, quotable
from bot.influxdb.wire import UserBody

_ID = re.compile(r"[0-9a-f]{16}")
# Whoever may not read the own user is told its id all the same.
_MAY_NOT_READ = re.compile(r"read:users/([0-9a-f]{16}) is unauthorized", re.IGNORECASE)
_BY_MESSAGE = {
    (401, "unauthorized access"): ProbeVerdict.UNKNOWN_TOKEN,
    (401, "token is inactive"): ProbeVerdict.INACTIVE,
    (403, "user is inactive"): ProbeVerdict.OWNER_INACTIVE,
}


def verdict(answer: Answer, mask: Callable[[str], str]) -> Probe:
    """Read the verdict of an answer that is 2xx, 401 or 403.

    Args:
        answer: The answer.
        mask: Hides the token that was sent in the server's words.

    Raises:
        ValueError: If InfluxDB does not answer so.
    """
    if answer.status < 300:
        user = UserBody.model_validate_json(answer.body)
        if _ID.fullmatch(user.id) is None:
            raise ValueError("not a user of InfluxDB")
        said = f"HTTP {answer.status}: user {user.id}"
        return Probe(ProbeVerdict.LIVE, answer.received, user.id, said)
    message = message_of(answer)
    if message is None:
        raise ValueError("without InfluxDB's error message")
    said = f"HTTP {answer.status}: {quotable(message, mask)}"
    denied = _MAY_NOT_READ.fullmatch(message) if answer.status == 401 else None
    if denied is not None:
        return Probe(ProbeVerdict.LIVE, answer.received, denied[1].lower(), said)
    meaning = _BY_MESSAGE.get((answer.status, message.lower()), ProbeVerdict.NOT_PROVEN)
    return Probe(meaning, answer.received, None, said)
