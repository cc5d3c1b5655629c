"""Gate through which bridges of other nodes reach the voices of this node: lines and headsets."""
