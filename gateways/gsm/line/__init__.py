"""A working line: the actor, the legs on its calls, its reports, its alarms and its part of the journal."""
