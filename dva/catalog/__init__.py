"""Files to values: strict YAML with line numbers, notes, question banks, scenarios and exams. Prints nothing."""
