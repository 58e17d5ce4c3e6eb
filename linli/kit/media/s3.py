"""Files in a bucket of a store that speaks S3. Needs `boto3`, the extra `s3`."""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

_ABSENT = {"404", "NoSuchKey", "NotFound"}


class Bucket:
    """A bucket named by its address, `https://host:port/bucket/folder?region=name`; the key and secret lie in a file."""

    def __init__(self, address: str, key_file: Path) -> None:
        parts = urlsplit(address)
        name, _slash, folder = parts.path.strip("/").partition("/")
        if parts.scheme not in ("http", "https") or not parts.netloc or not name:
            raise Refused(
                "media_s3_address", _("LINLI_MEDIA_S3 must look like https://host/bucket or http://host:9000/bucket.")
            )
        self.name = name
        self.folder = f"{folder}/" if folder else ""
        region = parse_qs(parts.query).get("region", ["us-east-1"])[0]
        # A connection must not be shared with a process forked off.
        self.client = _client(f"{parts.scheme}://{parts.netloc}", region, *_keys(key_file), os.getpid())

    def put(self, name: str, content: Path | bytes) -> None:
        """One request: the store has all of it or nothing, and has counted its hash."""
        if self.exists(name):
            return
        with _told(name), content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as body:
            self.client.put_object(Bucket=self.name, Key=self.folder + name, Body=body)

    def open(self, name: str) -> IO[bytes]:
        """Read as it arrives; sought in by asking anew from there."""
        return io.BufferedReader(_Remote(self, self.folder + name, self.size(name)), 1 << 18)

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Bytes of it."""
        with _told(name):
            return int(self.client.head_object(Bucket=self.name, Key=self.folder + name)["ContentLength"])

    def delete(self, name: str) -> None:
        """Remove it."""
        with _told(name):
            self.client.delete_object(Bucket=self.name, Key=self.folder + name)


class _Remote(io.RawIOBase):
    """What lies in a bucket, as a file that can be sought in."""

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        super().__init__()
        self.bucket, self.key, self.size = bucket, key, size
        self.at = 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence])
        if at != self.at:
            self._drop()
        self.at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.size:
            return 0
        with _told(self.key):
            if self.body is None:
                answer = self.bucket.client.get_object(Bucket=self.bucket.name, Key=self.key, Range=f"bytes={self.at}-")
                self.body = answer["Body"]
            piece: bytes = self.body.read(len(buffer))
        if not piece:
            raise OSError(errno.EIO, os.strerror(errno.EIO), self.key)
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None


def _keys(path: Path) -> tuple[str, str]:
    """The two lines of the key file."""
    lines = path.read_text().split()
    if len(lines) != 2:
        raise Refused("media_s3_key", _("%(file)s must have two lines: the key, then its secret."), file=str(path))
    return lines[0], lines[1]


@lru_cache(maxsize=4)
def _client(endpoint: str, region: str, key: str, secret: str, process: int) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        words = _("LINLI_MEDIA_S3 is set, but the client is missing. Run: pip install 'linli[s3]'")
        raise Refused("media_s3_extra", words) from None
    config = Config(
        # The bucket stands in the path: stores of one's own seldom have a name for each bucket.
        s3={"addressing_style": "path", "payload_signing_enabled": True},
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 4},
        # Stores that are not Amazon's refuse the sums newer clients add by themselves; the signature covers the content.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)
    return session.client("s3", endpoint_url=endpoint, config=config)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the client raises, as a file would: absent is `FileNotFoundError`, all else `OSError` with the reason."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name) from None
        raise OSError(errno.EIO, f"S3: {code}", name) from error
    except (BotoCoreError, HTTPClientError, HTTPError) as error:
        raise OSError(errno.EIO, f"S3: {type(error).__name__}", name) from error
