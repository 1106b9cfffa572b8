import hashlib
import hmac
from datetime import datetime


def signed_headers(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Sign a form's body as Slack does.

    https://docs.slack.dev/authentication/verifying-requests-from-slack

    Args:
        secret: The app's signing secret.
        body: The raw bytes of the body.
        at: When it is signed.

    Returns:
        The headers that go with the body.
    """
    timestamp = str(int(at.timestamp()))
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }
