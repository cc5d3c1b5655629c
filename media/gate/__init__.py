"""Voice gate: voices of this node for mixers of other nodes, and the transport of their frames."""
