"""Hidden states, layer by layer, as small multiples."""
