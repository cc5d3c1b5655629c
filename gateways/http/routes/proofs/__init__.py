"""/v1/proofs: what the nights' proofs have found, and one more now. See docs/api.md."""
