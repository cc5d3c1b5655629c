"""Callouts: the people called until one takes the callout, the hours of their duty, and the attempts made."""
