"""Routes for operators' commands and for the tasks of supervisors."""
