"""Users in the registry: who they are, how they are found, changed and merged, their PINs and records."""
