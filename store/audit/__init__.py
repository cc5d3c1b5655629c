"""Who saw what of whom, who came in, what was changed: a chain that its node alone can continue."""
