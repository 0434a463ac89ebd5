"""What a check found, for whoever has to act on it: people, spreadsheets, continuous integration, other programs."""
