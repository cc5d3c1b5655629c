"""The deadline (S11), watched from the journal alone, whatever the cases do."""
