"""The doctor's look at this machine: disk, clocks, limits, what it carries, who reads and reaches it."""
