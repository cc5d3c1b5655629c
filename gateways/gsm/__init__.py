"""USB GSM modems spoken to with AT commands (S12).

The core is sans-IO: `driver.Driver` takes bytes and the time, and returns bytes, events and a deadline.
Only `port`, `by_hand`, `probing` and the actor touch the machine. What a vendor does differently is data
in `config/dialects/`; no module here may ask for a vendor by name.
"""
