"""From the text of a document to candidate records, each with the line it rests on."""
