"""Acts made on a phone: kept as reports are, taken in one by one in the order of their arrival, and never lost on the way.

Operations and no documents: a step of the course or a doing of the reporter's own, with its own id, who made it, and the state
in which it was made. What comes after the matter has moved on becomes a note on it, and the phone is told what happened.
"""

from linli.intake.acts.form import KIND

__all__ = ["KIND"]
