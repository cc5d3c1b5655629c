"""The spare journal in memory: kept warm, switched to when the disk fails, merged back afterwards."""
