"""What a fixture of the stand-in is made of: authorizations and their permissions as JSON."""

from typing import Any

from bot.sandbox.influxdb.permissions import ACTIONS, GRANTABLE_TYPES
from bot.sandbox.influxdb.state import api_token

Json = dict[str, Any]


def entry(
    authorization_id: str,
    org_id: str,
    user_id: str,
    description: str,
    created_at: str,
    permissions: list[Json],
) -> Json:
    """Give an active authorization, with an API token made up from its id."""
    return {
        "id": authorization_id,
        "token": api_token(f"made up for {authorization_id}"),
        "status": "active",
        "description": description,
        "orgID": org_id,
        "userID": user_id,
        "permissions": permissions,
        "createdAt": created_at,
    }


def bucket(action: str, bucket_id: str, org_id: str) -> Json:
    """Permit something in one bucket."""
    return {"action": action, "resource": {"type": "buckets", "id": bucket_id, "orgID": org_id}}


def whole(action: str, resource_type: str, org_id: str) -> Json:
    """Permit something with all of a kind in one organization."""
    return {"action": action, "resource": {"type": resource_type, "orgID": org_id}}


def everything() -> list[Json]:
    """Permit what an operator token may: all there is, in every organization."""
    return [
        {"action": action, "resource": {"type": resource_type}}
        for resource_type in GRANTABLE_TYPES
        for action in ACTIONS
    ]


def all_access(org_id: str, user_id: str) -> list[Json]:
    """Permit what the UI calls all access: one organization whole, but of users only oneself."""
    own = {"orgs": [("read", {"type": "orgs", "id": org_id})]}
    own["users"] = [(action, {"type": "users", "id": user_id}) for action in ACTIONS]
    return [
        {"action": action, "resource": resource}
        for resource_type in GRANTABLE_TYPES
        for action, resource in own.get(
            resource_type, [(each, {"type": resource_type, "orgID": org_id}) for each in ACTIONS]
        )
    ]
