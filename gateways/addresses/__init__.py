"""Addresses for positions: from a file on the center's disk, or from a geocoder of the center's own."""
