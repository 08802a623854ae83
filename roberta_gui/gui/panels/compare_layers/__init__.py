"""Where A and B part: each token against its partner, layer by layer."""
