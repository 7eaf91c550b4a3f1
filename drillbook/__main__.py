"""``python -m drillbook``: the command line."""

from drillbook.cli.main import main

if __name__ == "__main__":
    main()
