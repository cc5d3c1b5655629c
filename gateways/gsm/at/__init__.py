"""The AT protocol (ITU-T V.250, 3GPP TS 27.007, TS 27.005), pure: no clock, no port, no thread."""
