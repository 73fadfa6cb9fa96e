"""The regulation's rules as pure functions: numbers, dates and names in, an Objection or None out. No session, no clock, no Flask."""
