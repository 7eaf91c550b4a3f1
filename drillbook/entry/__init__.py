"""Ways to enter many or few drills quickly: the log form's value, the paste grid, the proposals."""
