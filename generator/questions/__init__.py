"""What the report answers: a folder a question, its tables, words, figures."""
