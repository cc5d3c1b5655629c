"""What nodes that share one database know of each other: members, leases, owners, what was written."""
