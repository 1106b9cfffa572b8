import hashlib
import hmac
from datetime import datetime
from typing import Final

FORM: Final = "application/x-www-form-urlencoded"
EVENT: Final = "application/json"


def signed_headers(secret: str, body: bytes, at: datetime, kind: str = FORM) -> dict[str, str]:
    """Sign a body as Slack does.

    https://docs.slack.dev/authentication/verifying-requests-from-slack

    Args:
        secret: The app's signing secret.
        body: The raw bytes of the body.
        at: When it is signed.
        kind: Its content type: a form's, or that of events.

    Returns:
        The headers that go with the body.
    """
    timestamp = str(int(at.timestamp()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": kind,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }
