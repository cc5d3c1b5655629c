"""Gateways between the center and the outside: modems, the web, the console. No gateway imports another."""
