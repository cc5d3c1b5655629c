"""Identification of a user by number or device."""
