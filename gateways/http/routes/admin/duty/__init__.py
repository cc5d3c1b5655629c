"""/v1/admin/duty: who is on duty for the center itself."""
