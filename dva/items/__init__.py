"""A question made concrete: what is shown, and a key that is looked up or computed. Pure."""
