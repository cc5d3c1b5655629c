"""People who are called until somebody takes it: who they are, when each is on duty, and what was tried."""
