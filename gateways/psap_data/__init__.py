"""Gives 112's own systems the data of alerts, by standards: CAP, GeoJSON, PEMEA's EDS."""
