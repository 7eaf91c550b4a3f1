"""What the register says: figures, charts, due items, coverage, and the files that leave the house.

It reads; nothing here writes a record.
"""
