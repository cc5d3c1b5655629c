"""The routes, a module each, in the order of docs/api.md."""
