"""Briefings 简报: what the figures of an area say of a week, month, quarter, half year or year, as a page, PDF and DOCX."""
