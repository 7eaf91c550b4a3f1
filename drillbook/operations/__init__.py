"""What keeps a register alive: opening, restoring, recovering, checking, forgetting in time."""
