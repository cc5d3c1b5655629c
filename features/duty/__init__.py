"""People on duty for the center itself: told of what is wrong with it, and called until somebody takes it."""
