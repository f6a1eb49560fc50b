"""Taking a file (ファイルの受取): streamed to a private file without a name, which ends with the request."""

import re
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from sesshu.base.machine import machine
from sesshu.trust.access import matrix

LARGEST = 200 << 20  # bytes
FIELD = "file"
# page → the act that may hand a file over there
TAKEN_AT = {
    re.compile(r"/imports/new"): "import.stage",
    re.compile(r"/mailing/\d+/reconcile"): "mailing.scan",
    re.compile(r"/plan/programmes/(?:new|[-\w]+/draft)"): "programme.load",
}


class NamelessFile(UploadedFile):
    """受け取ったファイル — no name in any folder: a killed process leaves nothing of it."""

    def path(self) -> Path:
        """A path under which this process can open it again, as long as it is held."""
        return Path(f"/proc/self/fd/{self.file.fileno()}")


class NamelessUpload(FileUploadHandler):
    """受取り — only for who may hand over that file, on its page; anything else is cut off at its first byte."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        actor = getattr(self.request, "actor", None)
        act = next((a for page, a in TAKEN_AT.items() if page.fullmatch(self.request.path)), None)
        allowed = actor is not None and act is not None and actor.may(matrix.get(act))
        if not allowed or self.field_name != FIELD:
            raise StopUpload(connection_reset=True)
        self.size = 0
        folder = Path(machine().data_dir) / "incoming"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.file = tempfile.TemporaryFile(dir=folder, buffering=1 << 20)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > LARGEST:
            self.file.close()
            self.request.too_large = True  # the form says so
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> NamelessFile:
        self.file.flush()
        self.file.seek(0)
        return NamelessFile(self.file, name="upload.csv", content_type="text/csv", size=file_size)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
