"""Calls that try a line: the actor LineTester, and what it decides by."""
