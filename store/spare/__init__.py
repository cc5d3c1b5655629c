"""Fallback journal in memory: replicated continuously, switched to when the disk fails, merged back
afterwards.
"""
