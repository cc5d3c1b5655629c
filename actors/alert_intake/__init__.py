"""From new alerts to cases: every alert gets a crew, the earliest deadline first."""
