"""Assignment of lines to calls; the emergency trunk is reserved for 112."""
