"""What 112 reads: the page that opens by a spoken code, and the feed for its systems. See docs/api.md."""
