# shellcheck shell=bash
# From one version to another.

upgrade() { usage_fault "--upgrade is not there yet"; }
