"""The calls of a modem: the call table and the rules that keep it current."""
