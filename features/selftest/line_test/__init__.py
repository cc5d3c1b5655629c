"""Test calls on lines: the actor LineTest, and its decider."""
