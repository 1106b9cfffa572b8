"""The app's manifests, as Slack reads them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "manifests"
BY_HTTP, BY_SOCKETS = "slack-app.yaml", "slack-app-socket-mode.yaml"


def read(name: str) -> dict[str, Any]:
    """Read a manifest as Slack does."""
    loaded: dict[str, Any] = yaml.safe_load((MANIFESTS / name).read_text(encoding="utf-8"))
    return loaded
