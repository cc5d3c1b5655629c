"""What operators order, and what supervisors see to."""
