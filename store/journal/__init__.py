"""The journal of events: appended at an expected version, read, followed, verified and moved."""
