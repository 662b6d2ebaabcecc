"""AWS vocabulary that engines share, one concept a file. Pure: text and values in, values out."""
