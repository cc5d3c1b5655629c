"""Arithmetic on samples: frames, levels, tones, rates, edges."""
