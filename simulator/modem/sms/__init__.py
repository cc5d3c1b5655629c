"""Short messages: kept, shown and sent; their bytes."""
