"""Values to the screen: terminal text, sentences, JSON. Reads nothing and computes nothing of the subject.

`text`, `scenario_input`, `sentences` and `jsontext` need no library; `screen` and what draws on it import rich,
so import those only where something is drawn.
"""
