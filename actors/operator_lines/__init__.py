"""The lines of the operators' own: a headset in the browser, or a call that is nailed up for the shift."""
