"""A modem's calls: held, joined, and said to the host."""
