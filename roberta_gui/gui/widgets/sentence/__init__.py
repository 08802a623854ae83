"""The sentence editor: masks as chips, whatever is typed or pasted."""
