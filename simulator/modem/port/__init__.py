"""From a modem's lines to a serial port's bytes, well or badly."""
