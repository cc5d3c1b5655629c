"""The gate through which bridges of other nodes have the voices of this one: lines and headsets."""
