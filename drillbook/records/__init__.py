"""The record types of the register, one module each, and what all of them can do.

What may be saved stands here; how it is counted (reports) or shown (ui) does not.
"""
