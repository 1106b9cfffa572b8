"""The schema's history, which Alembic carries out."""
