"""The staff desk's first page, and its pages about questions and answers."""
