"""What the report answers: a folder a question, with its tables, words and figures."""
