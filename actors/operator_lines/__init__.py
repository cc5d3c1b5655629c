"""Operators' own lines: a headset in the browser, or a call that is nailed up for the shift."""
