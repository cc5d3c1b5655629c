"""How the database came to its present form, step by step. Each step is permanent once released."""
