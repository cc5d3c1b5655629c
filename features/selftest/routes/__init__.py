"""Routes of proofs, of drills, and of test calls on lines."""
