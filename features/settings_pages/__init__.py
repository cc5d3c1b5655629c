"""Settings in the console for admins, described in README.md."""
