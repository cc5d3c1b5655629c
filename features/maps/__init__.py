"""Streets under the position of an alert, and its address: see README.md."""
