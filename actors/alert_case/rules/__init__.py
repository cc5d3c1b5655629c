"""The rules of a case, each in the whole state: what is due now, what is wanted, when to look again. Pure."""
