"""What may go wrong around the software, each a repeatable script: `python -m tests.faults` tries it at length and writes
docs/reliability.md; the tests beside it try the same a few times."""
