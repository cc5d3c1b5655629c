"""Analysis of test calls: sound in both directions, findings, and the modem at fault."""
