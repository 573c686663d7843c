"""The command line as a module: `python -m xlcalc.cli` is the command `xlcalc`."""

from xlcalc.cli.guard import guarded

if __name__ == "__main__":
    guarded()
