"""The proof of a node, each night and on demand: the actor Prover, and what it decides by."""
