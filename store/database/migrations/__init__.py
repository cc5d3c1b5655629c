"""Migrations of the database, in order. Each revision is permanent once released."""
