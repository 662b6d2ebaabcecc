"""AWS CodeStar."""
