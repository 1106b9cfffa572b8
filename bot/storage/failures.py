"""What a database that fails may say: never a value that was to be written, nor a password."""

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


def reason(error: DBAPIError | psycopg.Error | PoolTimeoutError) -> str:
    """Say why a database failed, without the statement that SQLAlchemy's own text would hold."""
    return reason_of_driver(_of_driver(error))


def code(error: DBAPIError | psycopg.Error | PoolTimeoutError) -> str:
    """Name a failure by the database's own code, in small letters, for metrics.

    Such as ``sqlite_busy``, or ``sqlstate_57014``; ``connection`` where a server gave none.

    Sources: https://www.sqlite.org/rescode.html,
    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    found = _of_driver(error)
    if isinstance(found, PoolTimeoutError):
        return "pool_timeout"
    if isinstance(found, psycopg.Error):
        return "connection" if found.sqlstate is None else f"sqlstate_{found.sqlstate.lower()}"
    name = getattr(found, "sqlite_errorname", "")
    return str(name or type(found).__name__).lower()


def _of_driver(error: DBAPIError | psycopg.Error | PoolTimeoutError) -> BaseException:
    return (error.orig or error) if isinstance(error, DBAPIError) else error


def reason_of_driver(error: BaseException) -> str:
    """Say why a database failed, in one line.

    PostgreSQL's details hold the values of rows, and its message alone does not; nor does
    SQLite's. Its client asks back in lines of their own, which are left out.
    """
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    lines = (line for line in str(error).splitlines() if not line.startswith("\t"))
    return " ".join(" ".join(lines).split())
