"""One module per noun: its fields in words, its form, its list, and what belongs to a record.

They hold no rule of the register: what may be saved is asked of the record types' own modules.
"""
