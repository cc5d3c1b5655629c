"""Parts of the web process: construction, shared context, audit, registry queries, writing to the journal."""
