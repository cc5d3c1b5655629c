"""A network's answers to codes like `*123#` (USSD, 3GPP TS 22.090): asked, put together, read."""
