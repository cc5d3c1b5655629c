"""What an operator orders in a case: whether it may be now, why not, and what it comes to. Pure."""
