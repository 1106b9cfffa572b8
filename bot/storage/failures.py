"""What a database that fails may say: never a value that was to be written, nor a password."""

import psycopg
from sqlalchemy.exc import DBAPIError


def reason(error: DBAPIError) -> str:
    """Say why a database failed, without the statement that SQLAlchemy's own text would hold."""
    return reason_of_driver(error.orig or error)


def reason_of_driver(error: BaseException) -> str:
    """Say why a database failed, in one line.

    PostgreSQL's details hold the values of rows, and its message alone does not; nor does
    SQLite's. Its client asks back in lines of their own, which are left out.
    """
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    lines = (line for line in str(error).splitlines() if not line.startswith("\t"))
    return " ".join(" ".join(lines).split())
