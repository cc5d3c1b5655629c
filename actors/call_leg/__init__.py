"""Call of one party: establishes the desired state of the case, and reports the actual state."""
