"""Sample arithmetic and voice ports: what is heard in a conference, and by whom.

This package knows neither actors nor modems. A leg is a name, a port is something that bytes are read from
and written to every 20 ms; who the people are, and how their calls came about, is told elsewhere.

The arithmetic takes samples and returns samples: no clock, no file, no thread. One tick of it is `core`: it
gives each leg's sound a place in time (`jitter`), listens to it (`ear`: `levels`, `tones`) and blends what
each is to hear (`mixing`, `fades`, `clips`, `comfort`). Its edge is `conference`, the thread that turns once
in 20 ms (`clock`), and what may wait and so happens on others: opening (`roster`, `ports`, `unix_port`,
`node_port`), loading (`playlist`, `sounds`, `speech`), writing down (`recording`, `sound_file`).

Between two nodes a voice goes over TCP (`node_wire`): at one end `node_port`, at the other `node_gate`, where
`gate_seats` says who has which voice, `gate_guest` relays, and `playout` says when a modem is told what came.
"""
