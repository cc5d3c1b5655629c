"""Settings as admins see and change them in the console: see README.md."""
