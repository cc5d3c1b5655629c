"""Web app for users on any phone; it uses only the public HTTP interface."""
