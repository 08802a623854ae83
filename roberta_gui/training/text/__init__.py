"""From a corpus to rows of token ids."""
