"""Values to terminal text, sentences and JSON, with all wording. Reads nothing, computes nothing of the subject.

`text`, `scenario_input`, `sentences` and `jsontext` need no library; `screen` and what draws on it import rich,
so import those only where something is drawn.
"""
