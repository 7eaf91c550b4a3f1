"""One module per screen: what the script in pages/ calls."""
