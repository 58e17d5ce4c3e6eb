"""Official aggregates: what others published, with source and date, beside our own figures and never among them."""
