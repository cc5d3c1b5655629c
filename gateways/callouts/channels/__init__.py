"""E-mail, webhooks and apprise: channels to people on duty that need no modem of the center.

`gateways.callouts.channels.sending.send` blocks for up to 20 s; a process that others wait for must not call
`send`.
"""
