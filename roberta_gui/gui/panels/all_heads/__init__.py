"""All heads: every head of every layer as a thumbnail."""
