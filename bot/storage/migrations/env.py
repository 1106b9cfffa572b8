from alembic import context

from bot.storage.locks import lock_migrations
from bot.storage.sqlite import references_unchecked
from bot.storage.tables import metadata

# Alembic runs this module; the connection comes from bot.storage.upgrading.
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    # Alembic takes SQLite for a database that cannot, since Python's driver has its own ways with
    # transactions; ours are begun and ended by us. Each step by itself would be too little: whoever
    # starts at the same time must not read the version in between.
    transactional_ddl=True,
)
if connection.dialect.name == "sqlite":
    with references_unchecked(connection), context.begin_transaction():
        context.run_migrations()
else:
    with context.begin_transaction():
        lock_migrations(connection)
        context.run_migrations()
