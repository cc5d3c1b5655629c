"""How operators sign on, and what they see to of themselves."""
