"""Pictures of a map for the center's own pages, from a file or a server."""
