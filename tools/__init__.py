"""The checks and helpers behind the Makefile; nothing of it runs in the product."""
