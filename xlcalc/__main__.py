"""The package as a command: `python -m xlcalc` is the command `xlcalc`."""

from xlcalc.cli.guard import guarded

if __name__ == "__main__":
    guarded()
