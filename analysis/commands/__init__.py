"""The commands of `takeoff`, one job a file. What takes long to import is imported inside them."""
