"""The command line as a module: `python -m xlcalc.cli` is the command `xlcalc`."""

from xlcalc.cli import main

main()
