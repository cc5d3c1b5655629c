"""From numbered Opus packets to a frame of sound every 20 ms."""
