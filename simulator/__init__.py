"""Virtual GSM carrier: modems on pseudo-terminals, phones, a control API.

The carrier behaves like real hardware, vices included, so that the center can be run, tested and drilled
without hardware. The simulator must never share code with `gateways.gsm`: two readings of the same standards
check each other. The core (`carrier`, `modem`, `phone`, `voice`) is sans-IO; only `ptys`, `runner`, `control`
and `__main__` do I/O.
"""
