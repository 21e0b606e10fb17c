"""Seven kinds of picture, one frame: theme, measuring of text, SVG and PNG files."""
