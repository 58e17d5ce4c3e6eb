"""The queue of the desk: which matters a person sees, in which order, a page at a time, and how many of each sort.

Lists are read in two steps: the keys of one page from an index alone, then the rows of those keys. A page begins where
the one before ended (its last row's place in the order), so nothing is shown twice or left out while rows come and go.

Which index? Few matters in sight are taken by area and sorted. Many are taken in the order of the list, and those out
of sight passed over, until the page is full. SQLite must be told (it keeps no figures of the table to go by), so the
matters in sight are counted up to `FEW` first; PostgreSQL decides by itself.
"""

from linli.events.queue.filters import PARAMETERS, Filters, Order, Show
from linli.events.queue.pages import FEW, PAGE, TURN, QueuePage, Row, counts, in_sight, page_of, places_of

__all__ = [
    "FEW",
    "PAGE",
    "PARAMETERS",
    "TURN",
    "Filters",
    "Order",
    "QueuePage",
    "Row",
    "Show",
    "counts",
    "in_sight",
    "page_of",
    "places_of",
]
