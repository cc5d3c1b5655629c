"""/v1/admin: what admins change at the console, a module each chapter of the place. See docs/api.md."""
