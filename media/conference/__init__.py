"""One conference: its clock, who is in it, what is played and recorded, and each tick as arithmetic."""
