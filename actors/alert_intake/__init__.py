"""Assignment of new alerts to workers: every alert gets a worker, the earliest deadline first."""
