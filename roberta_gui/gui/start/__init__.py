"""From a start to the next: settings, the first picture, snapshots."""
