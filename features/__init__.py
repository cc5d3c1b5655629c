"""What the center can do besides taking an alert to its end: a package each, listed in `center.features`."""
