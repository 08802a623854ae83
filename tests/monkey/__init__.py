"""A monkey at the real window: random actions, and a look at what they did (``--help``)."""
