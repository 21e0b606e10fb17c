"""How figures are drawn: parts, theme, measuring of text, SVG and PNG files."""
