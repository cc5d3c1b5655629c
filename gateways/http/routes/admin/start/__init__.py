"""/v1/admin/start: what a new center is gone through, and what is still missing before real use."""
