"""Declaration of routes and their permissions, and the handlers and OpenAPI derived from the declarations."""
