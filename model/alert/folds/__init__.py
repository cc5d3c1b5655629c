"""How an event changes the state of an alert: a module for what the events are about."""
