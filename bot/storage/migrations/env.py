from alembic import context

from bot.storage.tables import metadata

# Alembic runs this module; the connection comes from bot.storage.engine.
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
