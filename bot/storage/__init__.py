"""The database: requests, the record and the leases, on SQLite or PostgreSQL."""
