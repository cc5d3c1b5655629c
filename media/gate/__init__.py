"""The voice gate: voices of this node for bridges of other nodes, and the frames in between."""
