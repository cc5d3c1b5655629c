"""People on duty: who they are, what wakes them, and how each of their callouts goes. Pure."""
