"""Orders of operators in a case: permission, reason of a refusal, and effect. Pure."""
