"""Voice gate: voices of this node for bridges of other nodes, and the transport of their frames."""
