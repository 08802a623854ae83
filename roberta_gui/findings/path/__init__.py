"""How tokens turn from layer to layer, measured and said."""
