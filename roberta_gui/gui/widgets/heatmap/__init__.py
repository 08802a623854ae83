"""One head's matrix over tokens as a raster image."""
