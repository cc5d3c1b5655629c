"""Packages of what the center can do besides taking an alert to its end, listed in `center.features`."""
