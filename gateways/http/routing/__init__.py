"""How a route is declared, who may ask it, and what is derived from the declarations: handlers, OpenAPI."""
