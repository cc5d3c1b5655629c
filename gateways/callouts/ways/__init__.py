"""E-mail, webhooks and what apprise knows: ways to people on duty that need no modem of ours.

`send` is in `gateways.callouts.ways.sending`. It blocks for 20 s at most; nobody who is waited for may call
it.
"""
