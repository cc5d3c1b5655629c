"""112's own systems: its page, its feed, and what is sent to it, by standards: CAP, GeoJSON, PEMEA's EDS."""
