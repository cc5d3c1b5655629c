"""Short messages: PDUs of 3GPP TS 23.040, their parts, and AML positions (ETSI TS 103 625). Pure."""
