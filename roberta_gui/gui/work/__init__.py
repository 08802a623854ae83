"""Work in the background: jobs, the engine's worker thread, and what asks them."""
