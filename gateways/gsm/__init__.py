"""USB GSM modems controlled by AT commands.

The core does no input or output: `driver.Driver` takes bytes and the time, and returns bytes, events and a
deadline. Only `port`, `by_hand`, `probing` and the actor touch the machine. The peculiarities of a vendor are
data in `config/dialects/`; no module here may test for a vendor by name.
"""
