"""How everything looks: colours, fonts and the style sheet."""
