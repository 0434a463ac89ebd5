"""Dumps and their descriptions, snapshots, publication to other stores, and changes between releases."""
