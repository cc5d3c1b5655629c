"""Commands of the proofs, and the drill."""
