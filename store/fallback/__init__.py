"""Fallback journal in memory: replicated, switched to when the disk fails, merged back afterwards."""
