"""How Qt's own widgets look: the style that paints them, and the table it obeys."""
