"""Packages of the center's capabilities beyond handling an alert, listed in `center.features`."""
