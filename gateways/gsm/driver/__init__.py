"""The modem driver: from bytes and time to commands and events, from unknown to ready and back.

```
Driver          what is asked of a modem and what it shows; bytes and time in, bytes and events out
└ Modem         the parts, and which of them what the modem says concerns
  ├ Channel          dialect, commands without a result, events
  ├ CallTable        which calls there are (calls/)
  ├ CallList         asks for the list of calls                     → Channel, CallTable
  ├ VoiceSwitch      switches the voice of calls                    → Channel, CallTable, Startup
  ├ CallControl      dials, answers, joins, hangs up                → CallTable, CallList, VoiceSwitch
  ├ ShortMessages    sends and reads them; NetworkCodes asks by code → Channel
  ├ Startup          which commands a modem is set up by
  ├ Readiness        sends them, opens the SIM                      → Channel, Startup, LineWatch
  ├ Upkeep           asks whether all is well                       → Readiness, ShortMessages, LineWatch
  └ Ladder           what is tried with a modem that is silent
```
"""
