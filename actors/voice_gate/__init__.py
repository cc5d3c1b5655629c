"""Gate through which mixers of other nodes reach the voices of this node: lines and headsets."""
