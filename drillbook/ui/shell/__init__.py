"""The server around the screens: routes, sign-in, headers, frame, run limit."""
