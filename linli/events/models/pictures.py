"""Photos, videos and voice notes of a matter, those still on their way, and photos shown to everybody."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.events.models.matters import Event
from linli.kit.keys import KeyField, new_key
from linli.kit.media.checking import VOICE
from linli.people.models import Person


class PictureKind(models.TextChoices):
    """What a picture shows."""

    REPORT = "report", _("Report")
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")
    CHECK = "check", _("Check")


class Picture(models.Model):
    """A photo or video of an event. The original lies under its SHA-256; pages show what is made from it."""

    id = KeyField(primary_key=True, default=new_key)
    event = models.ForeignKey(Event, models.CASCADE, related_name="pictures")
    entry = models.ForeignKey("journal.Entry", models.PROTECT, null=True, related_name="pictures")
    kind = models.CharField(max_length=10, choices=PictureKind)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=30, default="image/jpeg")
    #: Pixels, upright.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: Bytes of the original.
    size = models.PositiveIntegerField()
    #: Of a video.
    duration_s = models.FloatField(null=True, blank=True)
    #: Read from the hidden data of the original; may be absent.
    taken_at = models.DateTimeField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    #: As its sender's phone said: chosen among photos that were there, not taken for this.
    from_album = models.BooleanField(default=False)
    #: What it looks like, in four parts of 16 bits (`kit.media`): a hint that it was sent before. Empty for a video, for one
    #: too plain to tell, and for those kept before these were.
    mark_1 = models.PositiveIntegerField(null=True, blank=True)
    mark_2 = models.PositiveIntegerField(null=True, blank=True)
    mark_3 = models.PositiveIntegerField(null=True, blank=True)
    mark_4 = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["sha256"], name="picture_by_content"),
            *(
                models.Index(
                    fields=[f"mark_{part}"],
                    condition=Q(**{f"mark_{part}__isnull": False}),
                    name=f"picture_by_mark_{part}",
                )
                for part in (1, 2, 3, 4)
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="picture_once_per_event")]

    @property
    def marks(self) -> list[int] | None:
        """What it looks like; None where that is not known."""
        marks = [self.mark_1, self.mark_2, self.mark_3, self.mark_4]
        return None if None in marks else [mark for mark in marks if mark is not None]

    @property
    def is_video(self) -> bool:
        """It plays."""
        return self.media_type.startswith("video/")


class Voice(models.Model):
    """A voice note with a matter: somebody's voice, so never for the public. Played as it came; kept as long as the matter.

    A table of its own and no `Picture`: whatever shows pictures, covers faces in them or compares them never meets one.
    """

    id = KeyField(primary_key=True, default=new_key)
    event = models.ForeignKey(Event, models.CASCADE, related_name="voices", db_index=False)
    entry = models.ForeignKey("journal.Entry", models.PROTECT, null=True, related_name="voices")
    #: What it came with, as of a picture: its reporter hears those of the report alone.
    kind = models.CharField(max_length=10, choices=PictureKind)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=30)
    #: Bytes.
    size = models.PositiveIntegerField()
    duration_s = models.FloatField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sha256"], name="voice_by_content")]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="voice_once_per_event")]


class AwaitedPicture(models.Model):
    """A photo, video or voice note that a report named and that is not here yet: words come first. Gone once it is there."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="awaited", db_index=False)
    entry = models.ForeignKey("journal.Entry", models.PROTECT, null=True, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    #: Bytes, and the kind of file, as the device said.
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60, blank=True)
    #: Bytes that have arrived.
    received = models.PositiveBigIntegerField(default=0)
    #: Why it was refused: {code, words (message id), facts}. It will not come then.
    refusal = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="awaited_once_per_event")]

    @property
    def is_voice(self) -> bool:
        """It was named as a voice note."""
        return self.media_type.startswith(VOICE)


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Named sets of releases."""

    def public(self) -> "ReleaseQuerySet":
        """Those whose picture everybody may see: confirmed, not taken back, of a matter the public may know of."""
        return self.filter(public_sha256__isnull=False, picture__event__category__is_public=True)

    def waiting(self) -> "ReleaseQuerySet":
        """Those whose draft the worker has still to make."""
        return self.filter(wanted_at__isnull=False)


class Release(models.Model):
    """What a desk has done towards showing a picture to everybody. Where something was covered is kept nowhere."""

    picture = models.OneToOneField(Picture, models.CASCADE, primary_key=True, related_name="release")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    #: Since when the worker is to make a draft; empty once it has, or could not.
    wanted_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    #: The rendition that somebody looks at before it is public.
    draft_sha256 = models.CharField(max_length=64, null=True, blank=True)
    #: A machine has covered in it what it took for people, if anything; else nobody has looked for them yet.
    machine_looked = models.BooleanField(default=False)
    #: The rendition everybody may see; empty while nobody may.
    public_sha256 = models.CharField(max_length=64, null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["wanted_at"], condition=Q(wanted_at__isnull=False), name="drafts_wanted"),
            models.Index(fields=["public_sha256"], condition=Q(public_sha256__isnull=False), name="public_pictures"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(public_sha256__isnull=True) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="public_pictures_were_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(wanted_at__isnull=True) | Q(draft_sha256__isnull=True), name="a_draft_is_wanted_or_there"
            ),
        ]
