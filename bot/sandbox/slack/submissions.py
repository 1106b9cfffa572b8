"""What the acknowledgement of a submission does to the view that was submitted.

https://docs.slack.dev/surfaces/modals#handling_submissions
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.slack.arguments import parse_json_object
from bot.sandbox.slack.content import check_view
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.modals import Modals
from bot.sandbox.slack.outbound import Acknowledgement
from bot.sandbox.slack.replies import RefusedError

TROUBLE: Final = "We had some trouble connecting. Try again?"


def conclude(modals: Modals, view: View, ack: Acknowledgement) -> str | None:
    """Carry out what the app answered, and give what was wrong with its answer, if anything.

    The person then sees `TROUBLE`, and the view stays open. If it was closed meanwhile, nothing
    is done.
    """
    if not view.is_open:
        return None
    modals.complain(view, {})
    wrong = ack.error
    if wrong is None and ack.body.strip():
        try:
            _carry_out(modals, view, ack)
        except RefusedError as error:
            wrong = f"{error}: {dict(error.reply.body)}"
    elif wrong is None:
        modals.close(view)
    if wrong is not None:
        modals.complain(view, {}, TROUBLE)
    return wrong


def _carry_out(modals: Modals, view: View, ack: Acknowledgement) -> None:
    if ack.content_type != "application/json":
        raise RefusedError("invalid_post_type")
    answer = parse_json_object(ack.body.encode())
    match answer.get("response_action"):
        case "errors":
            modals.complain(view, _errors(view, answer))
        case "update":
            modals.update(view, check_view(answer.get("view")))
        case "push":
            modals.push(view, check_view(answer.get("view")))
        case "clear":
            modals.clear(view)
        case other:
            raise RefusedError("unknown_response_action", response_action=other)


def _errors(view: View, answer: Mapping[str, Any]) -> dict[str, str]:
    errors = answer.get("errors")
    if not isinstance(errors, dict) or not errors:
        raise RefusedError("no_errors")
    known = {field.block_id for field in view.inputs}
    for block_id, text in errors.items():
        if block_id not in known:
            raise RefusedError("no_such_input", block_id=block_id, there=sorted(known))
        if not isinstance(text, str) or not text:
            raise RefusedError("invalid_error_text", block_id=block_id)
    return errors
