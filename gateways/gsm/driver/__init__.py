"""The modem driver: from bytes and time to commands and events, from unknown to ready and back.

```
Driver          requests to a modem and its reports; bytes and time in, bytes and events out
└ Modem         the parts; passes each line of the modem to the parts that it concerns
  ├ Channel       dialect, commands without a result, events
  ├ CallTable     the calls (`calls/`)
  ├ CallList      requests the list of calls          → CallTable
  ├ VoiceSwitch   switches the voice of calls         → CallTable, Startup
  ├ CallControl   dials, answers, joins, hangs up     → CallTable, CallList, VoiceSwitch
  ├ ShortMessages sends and reads short messages
  ├ UssdSender    sends USSD codes to the network
  ├ NetworkState  signal, registration, service
  ├ Startup       the commands that set a modem up
  ├ Readiness     sends those commands, opens the SIM → Startup, NetworkState
  ├ LinePolling   polls SIM, network and messages     → Readiness, ShortMessages, NetworkState
  └ RecoveryLadder  the steps tried with a silent modem
```

Apart from the parts behind the arrow, every part that sends or reports knows only the Channel.
"""
