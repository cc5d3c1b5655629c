"""Conference: its clock, members, clips and recording, and the arithmetic of a tick."""
