"""Units side by side and months in a row, as control charts: is a difference more than chance?"""
