"""/v1/alarms: who has seen them, which are kept quiet, and which there were. See docs/api.md."""
