"""The proof of a node: what is tried and when, what the measures say, and what follows from them. Pure."""
