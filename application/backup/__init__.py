"""A center's backup: written while it runs, encrypted, and restored. What is in it is `store.backup`'s."""
