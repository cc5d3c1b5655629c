"""/v1/admin: changes by administrators at the console, one module for each chapter. See docs/api.md."""
