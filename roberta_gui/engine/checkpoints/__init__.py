"""A folder or a hub name becomes configuration, weights and their origin."""
