import secrets

# Crockford's base 32: no I, L, O or U, so that an id can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANGE_ID_LENGTH = 6
# Longer, so that nobody undoes a change by the id of an error.
ERROR_ID_LENGTH = 8


def new_change_id() -> str:
    """Draw the short id of a change, such as ``7F3K2Q``."""
    return _drawn(CHANGE_ID_LENGTH)


def new_error_id() -> str:
    """Draw the id under which the log knows an answer, which no change can have."""
    return _drawn(ERROR_ID_LENGTH)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
