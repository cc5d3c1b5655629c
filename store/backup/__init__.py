"""A center's rows as a backup: which of them, in which form, out of a database and into another."""
