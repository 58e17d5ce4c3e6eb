"""Alerts of others: reading the Common Alerting Protocol (CAP 1.1, 1.2) as it really comes, and saying what is wrong with it.

`read_alerts` is what other rooms call; `model.py` is what it answers. Nothing here sends, fetches, stores or believes: a
signature is told of and not verified.
"""

from linli.kit.cap.feeds import Found, Pointer, read_alerts, read_file
from linli.kit.cap.model import Alert, Area, Circle, Info, Named, Reference, Resource
from linli.kit.cap.problems import Problem
from linli.kit.cap.reading import Message

__all__ = [
    "Alert",
    "Area",
    "Circle",
    "Found",
    "Info",
    "Message",
    "Named",
    "Pointer",
    "Problem",
    "Reference",
    "Resource",
    "read_alerts",
    "read_file",
]
