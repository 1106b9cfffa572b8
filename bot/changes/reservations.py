from bot.changes.ports import Transaction
from bot.changes.request import ChangeRequest


async def give_back(transaction: Transaction, request: ChangeRequest) -> None:
    """Let others undo, retry or disable again what a request had reserved, if it changed nothing.

    What is tried again is newer than what it undoes or disables again, and is locked first.
    """
    if request.effective:
        return
    if request.retry_of is not None:
        await transaction.release_retry(request.retry_of, request.id)
    if request.undo_of is not None:
        await transaction.release_undo(request.undo_of, request.id)
    if request.again_of is not None:
        await transaction.release_again(request.again_of, request.id)
