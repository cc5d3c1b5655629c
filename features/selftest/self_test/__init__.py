"""Self-test of a node, each night and on demand: the actor SelfTest, and its decider."""
