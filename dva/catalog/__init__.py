"""Content files to typed values: strict YAML with line numbers, notes, questions, scenarios, exams, the index."""
