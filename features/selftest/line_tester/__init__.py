"""Test calls on lines: the actor LineTester, and its decider."""
