"""Routes of self-tests, of drills, and of test calls on lines."""
