"""What one call shows of a line's voice: a sound both ways, and what the figures mean."""
