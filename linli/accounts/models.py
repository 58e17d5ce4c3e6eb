"""What is stored of accounts: second factors, former passwords, sign-ins that stand, and failures that make one wait."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from linli.accounts.rules import Factor, Way, device_words, proved_words
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_pk
from linli.people.models import Person


class Account(models.Model):
    """What is known of somebody's password besides the password; no row: it was never changed here."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="account")
    password_set_at = models.DateTimeField(null=True, blank=True)
    #: The next sign-in asks for a new one.
    must_change = models.BooleanField(default=False)


class FormerPassword(models.Model):
    """The hash of a password that was used before."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    until_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class Authenticator(models.Model):
    """An app that shows a code every thirty seconds. One for each person; in use once a first code was typed."""

    key = KeyField(primary_key=True, default=new_key)
    person = models.OneToOneField(Person, models.CASCADE, related_name="authenticator")
    #: The secret it shares with us, sealed.
    sealed = SealedField(bound_to=by_pk)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    #: The step of the latest code taken: neither it nor an earlier one is taken again.
    last_step = models.BigIntegerField(default=0)

    @property
    def secret(self) -> bytes:
        """What is behind the seal. Raises `Refused` with another home's key."""
        opened: bytes = sealed_secret().open(self)
        return opened


def sealed_secret() -> Any:
    """The column of sealed secrets."""
    return Authenticator._meta.get_field("sealed")


def seal_secret(key: UUID, secret: bytes) -> bytes:
    """A secret sealed for the row with this key."""
    sealed: bytes = sealed_secret().seal(Authenticator(key=key), secret)
    return sealed


class Passkey(models.Model):
    """A key pair of a phone, a computer or a stick; we have the public half. It is good under one host name only."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    host = models.CharField(max_length=255)
    credential_id = models.BinaryField(unique=True)
    #: AAGUID, number and public key, as an authenticator sends them (WebAuthn §6.5.1).
    credential = models.BinaryField()
    #: How often it has signed, where it counts; a copy would be behind.
    signed = models.PositiveBigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A digest of a code on paper, under this home's key. Used ones stay until new ones are made."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="a_recovery_code_once")]


class Link(models.Model):
    """An account at the identity provider signs somebody in here. Which one is a digest under this home's key."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    #: The address of the provider: a county may change it.
    issuer = models.CharField(max_length=500)
    digest = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "issuer"], name="one_link_with_a_provider")]


class SignIn(models.Model):
    """Somebody is signed in on a browser. The row goes with the session: no track is kept of where anybody was."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="sign_ins")
    #: The key of Django's session, so that it can be ended.
    session = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    #: By the password, or through the provider.
    way = models.CharField(max_length=20, choices=Way, default=Way.PASSWORD, db_default=Way.PASSWORD.value)
    factor = models.CharField(max_length=20, choices=Factor, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-id"]
        indexes = [models.Index(fields=["ends_at"], name="sign_ins_by_end")]

    def __str__(self) -> str:
        return device_words(self.browser, self.system)

    @property
    def proved(self) -> str:
        """How they signed in, in words."""
        return proved_words(self.way, self.factor)


class Tries(models.Model):
    """Failures in a row under one mark: a digest of a name, an address or a person, which nobody can read back."""

    mark = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="tries_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=models.F("last_at")), name="a_wait_lies_ahead"
            )
        ]
