"""Who may do what: accounts, permissions, a clerk's unit, and what each keeps for himself."""
