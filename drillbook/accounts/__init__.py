"""Who may do what: accounts, permissions, the unit a clerk is bound to, what each keeps for himself."""
