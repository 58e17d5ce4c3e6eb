"""What runs in the bounded process: readers and decoders of files that strangers sent. Knows neither Django nor the home.

It is handed open files, never paths, and answers with plain values; the process around it may die at any byte.
"""
