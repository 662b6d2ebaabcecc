"""The mock exam: drawn by the domains of the exam, answered against the clock, scored and looked through."""
