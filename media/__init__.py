"""Sample arithmetic and voice ports: what is heard in a conference, and by whom.

This package knows neither actors nor modems. A leg is a name, a port is something that bytes are read from
and written to every 20 ms; who the people are, and how their calls came about, is told elsewhere.

The arithmetic (`frames`, `mixing`, `levels`, `jitter`, `alignment`, `resampling`, `core`) takes samples and
returns samples: no clock, no file, no thread. `clock`, `ports`, `roster` and `conference` are its edge.
"""
