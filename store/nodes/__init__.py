"""Shared state of nodes with one database: members, leases, owners of alerts, orders, commits."""
