"""Data for 112's own systems: a page, a feed, and messages by standards: CAP, GeoJSON, PEMEA's EDS."""
