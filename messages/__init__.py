"""Every message that crosses a process: commands, events of the journal and reports, by subject.

The types are frozen msgspec structs in tagged unions, MessagePack on the wire. Tags and field
names are permanent; fields are only added, with defaults. Nothing here acts, reads a clock or
knows a transport.
"""
