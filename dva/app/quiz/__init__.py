"""The quiz: `ports` (what a reader of input implements), `options` and `selection` (which cards are asked), `session`
(the state, from the log) and `loop` (ask, answer, give feedback)."""
