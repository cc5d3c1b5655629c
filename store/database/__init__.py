"""Databases of the journal: SQLite and PostgreSQL behind one interface, their tables and their migrations."""
