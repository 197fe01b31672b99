"""`python -m ecodash`."""

from ecodash.cli import main

if __name__ == "__main__":
    main()
