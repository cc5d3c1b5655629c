"""Shared state of the nodes of one database: members, leases, owners of alerts, orders, and commits of other
nodes.
"""
