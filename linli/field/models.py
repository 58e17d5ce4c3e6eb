"""What is stored of the field app: which categories were reported where and at which hours, as counts and nothing more."""

from django.db import models

from linli.areas.models import Area


class Likely(models.Model):
    """How often each category was reported in an area and all inside it within a year, by six-hour blocks of the day."""

    area = models.OneToOneField(Area, models.CASCADE, primary_key=True, related_name="+")
    #: Block to code of the category to how often; of each block the commonest alone.
    counts = models.JSONField(default=dict)
    learned_on = models.DateField()
