"""Users in the registry: data, search, changes, merging, PINs and records."""
