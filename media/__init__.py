"""Sample arithmetic and voice ports: the sound of a conference, for each of its legs.

The package knows neither actors nor modems. A leg is a name; a port is read and written every 20 ms. Parties
and calls are the business of other packages.

The arithmetic takes and returns samples: no clock, no file, no thread. Its one tick is `conference.core`:
align each leg's sound in time (`jitter`), analyse it (`ear`, with `sound.levels` and `sound.tones`) and mix
the sound for each leg (`sound.mixing`, `clips`). The edge is `conference.conference`, a thread with a turn
every 20 ms (`beat`); blocking work runs on other threads: opening (`roster`, `ports`), loading (`playlist`,
`sounds`, `sound.speech`), recording (`recording`, `sound.sound_file`).

Between two nodes a voice travels over TCP (`gate.wire`): `ports.node_port` at one end, `gate.gate` at the
other. There `seats` assigns the voices, `connections` relays, and `playout` times the frames for a modem.
"""
