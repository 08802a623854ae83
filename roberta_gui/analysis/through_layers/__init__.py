"""One sentence through the layers: cosines, paths, rogue dimensions."""
