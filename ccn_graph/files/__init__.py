"""Files that come and go: written whole or not at all, read within limits, kept from run to run."""
