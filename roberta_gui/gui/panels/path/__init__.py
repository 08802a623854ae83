"""Through the layers: how tokens turn from layer to layer."""
