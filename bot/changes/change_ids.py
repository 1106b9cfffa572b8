import secrets

# Crockford's base 32: no I, L, O or U, so that an id can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANGE_ID_LENGTH = 6


def new_change_id() -> str:
    """Draw the short id of a change, such as ``7F3K2Q``."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CHANGE_ID_LENGTH))
