"""Which calls a modem holds, and how each goes on: the call table and the rules that keep it."""
