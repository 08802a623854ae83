"""How everything looks: colours, fonts, icons and the style that paints Qt's own widgets."""
