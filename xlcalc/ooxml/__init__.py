"""The xlsx file: its parts, its cells as XML, and how some of them change while all else stays."""
