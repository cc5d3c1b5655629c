"""A virtual GSM carrier: modems on pseudo-terminals, phones, a control API.

It behaves as the real thing does, vices included, so that the center can be run, tested and drilled without
hardware. It must never share code with `gateways.gsm`: two readings of the same standards check each other.
The core (`carrier`, `modem`, `phone`, `voice`) is sans-IO; only `ptys`, `runner`, `control` and `__main__`
touch the world.
"""
