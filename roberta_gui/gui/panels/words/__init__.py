"""Words: how probable words of one's own are at the masks."""
