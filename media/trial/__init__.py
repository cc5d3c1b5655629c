"""What calls show of lines' voices: sounds both ways, what the figures mean, and which modem is at fault."""
