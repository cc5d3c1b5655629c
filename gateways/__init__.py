"""The center's doors to the world: modems, the web, the console. They know nothing of each other."""
