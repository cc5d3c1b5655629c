"""Users who may raise alerts, and operators: added, corrected and invited; described in README.md."""
