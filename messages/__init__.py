"""All messages between processes, by subject: commands, events of the journal, and reports.

The types are frozen msgspec structs in tagged unions, encoded as MessagePack. Tags and field names are
permanent; fields are only added, with defaults. Nothing here acts, reads a clock or depends on a transport.
"""
