"""Data handed out: a person's own data to the person, the dossier of an alert to a court."""
