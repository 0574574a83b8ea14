"""There is nothing to upload anywhere: OMS collects documents itself. A form that carries a file is refused whole."""

from typing import Any

from django.core.exceptions import SuspiciousMultipartForm
from django.core.files.uploadhandler import FileUploadHandler


class NoUploads(FileUploadHandler):
    """Set as the only one of FILE_UPLOAD_HANDLERS. Refuses before a byte of the file is read."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SuspiciousMultipartForm("a file was sent, and nothing here takes one")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise SuspiciousMultipartForm("a file was sent, and nothing here takes one")

    def file_complete(self, file_size: int) -> None:
        """There is none."""
