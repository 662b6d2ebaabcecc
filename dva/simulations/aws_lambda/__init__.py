"""AWS Lambda; the folder is not `lambda`, which is a word of Python."""
