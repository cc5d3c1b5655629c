"""What is said of a center to those outside who watch it, what they answer, and what they make of silence."""
