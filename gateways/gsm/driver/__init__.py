"""The modem driver: from bytes and time to commands and events, from unknown to ready and back.

```
Driver          what is asked of a modem and what it shows; bytes and time in, bytes and events out
└ Modem         the parts, and which of them what the modem says concerns
  ├ Channel       dialect, commands without a result, events
  ├ CallTable     which calls there are (`calls/`)
  ├ CallList      asks for the list of calls          → CallTable
  ├ VoiceSwitch   switches the voice of calls         → CallTable, Startup
  ├ CallControl   dials, answers, joins, hangs up     → CallTable, CallList, VoiceSwitch
  ├ ShortMessages sends and reads short messages
  ├ NetworkCodes  asks the network by code
  ├ LineWatch     signal, registration, service
  ├ Startup       by which commands a modem is set up
  ├ Readiness     sends them, opens the SIM           → Startup, LineWatch
  ├ Upkeep        asks whether all is well            → Readiness, ShortMessages, LineWatch
  └ Ladder        what is tried with a modem that is silent
```

Beside what stands behind the arrow, all that send or tell know the Channel, and nothing else.
"""
