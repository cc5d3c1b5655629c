"""Requests and responses: their forms in JSON and MessagePack, decoding of bodies, errors."""
