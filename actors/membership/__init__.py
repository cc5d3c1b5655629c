"""Membership of this node in the cluster, its view of the other nodes, and its takeover of their alerts."""
