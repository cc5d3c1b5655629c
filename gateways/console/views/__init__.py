"""The data of the screen, as structs."""
