"""Watchers of this center from outside, and centers that this one watches; described in README.md."""
