"""The whole chain, tried each night and on demand; lines, tried by calls; drills."""
