"""From a number or a device to a person (S3)."""
