from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest


async def give_back(transaction: Transaction, request: ChangeRequest) -> None:
    """Let others undo, retry or disable again what a request had reserved that changed nothing."""
    if request.undo_of is not None:
        await transaction.release_undo(request.undo_of, request.id)
    if request.retry_of is not None:
        await transaction.release_retry(request.retry_of, request.id)
    if request.again_of is not None:
        await transaction.release_again(request.again_of, request.id)
