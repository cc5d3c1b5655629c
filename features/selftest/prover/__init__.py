"""Self-test of a node, each night and on demand: the actor Prover, and its decider."""
