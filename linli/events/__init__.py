"""The hall: any matter that needs somebody to act, from the report to the neighbours who confirm it is solved."""
