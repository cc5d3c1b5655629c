"""Simulated network: calls between lines and phones, and their sound."""
