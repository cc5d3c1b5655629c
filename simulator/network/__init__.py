"""The simulated network: calls between lines and phones, and what is heard on them."""
