"""One module for each command; each gives an Answer, which cli.py prints."""
