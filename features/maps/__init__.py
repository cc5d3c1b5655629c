"""Streets below the position of an alert, and its address, described in README.md."""
