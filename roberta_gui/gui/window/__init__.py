"""The window around the panels: header, menus, docks, bars and status line."""
