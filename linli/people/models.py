"""Who is here: persons, departments, and who holds which role where, from when to when."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.people.rules import Role


class Department(models.Model):
    """A department or unit that handles matters."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    #: The area it belongs to: a county's bureau, a township's office.
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="departments")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class PersonManager(BaseUserManager["Person"]):
    """Makes persons."""

    def create_user(
        self, username: str, name: str, password: str | None = None, telephone: str | None = None
    ) -> "Person":
        """A person who may sign in; without `password` only once one is set."""
        person = self.model(username=username, name=name, telephone=telephone or None)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who works with linli. Residents need no account."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    #: For signing in; digits only. Never in lists, logs or the journal.
    telephone = models.CharField(max_length=20, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """The name people use."""
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Named sets of appointments."""

    def valid_on(self, day: date) -> "AppointmentQuerySet":
        """Appointments held on that day, leave or not."""
        return self.filter(from_on__lte=day).filter(Q(to_on__isnull=True) | Q(to_on__gt=day))


class Appointment(models.Model):
    """A person holds a role in an area from one day to (not including) another, for a department or not."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="appointments")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="appointments")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    #: Stands in for the holders of this role in this area when none of them is there.
    is_deputy = models.BooleanField(default=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["area", "role", "is_deputy", "id"]
        indexes = [models.Index(fields=["area", "role"], name="appointment_by_area")]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="appointment_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(role="handler") | Q(department__isnull=False), name="a_handler_has_a_department"
            ),
        ]


class Leave(models.Model):
    """The holder of an appointment is away, both moments included in neither: [from_at, to_at)."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="leaves")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        verbose_name = _("leave")
        constraints = [models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="leave_ends_after_it_starts")]
