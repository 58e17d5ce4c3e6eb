"""linli (邻里): one thread per matter, from the phone that saw it to the neighbours who confirm it is solved."""

__version__ = "0.1.0"
