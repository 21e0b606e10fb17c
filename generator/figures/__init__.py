"""How figures are drawn: their parts, theme, measuring of text, SVG and PNG files."""
