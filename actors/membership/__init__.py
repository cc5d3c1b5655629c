"""This node among the others: its membership, whom it knows, and the alerts that it takes over."""
