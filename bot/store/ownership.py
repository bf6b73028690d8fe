"""One Hush a data folder: a lock the kernel gives back when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from bot.core.errors import StoreError


class Ownership:
    """Holds a folder until released. The lock sits on the folder itself, so nothing is written for it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; raise StoreError when another process, or another owner in this one, has it."""
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise StoreError(
                f"Another Hush is already using {folder}. Stop it, or give this one another HUSH_DATA_DIR."
            ) from None
        except OSError as error:
            self.release()
            raise StoreError(
                f"The file system of {folder} has no locks ({error.strerror}): a database is not safe there. "
                "Put HUSH_DATA_DIR on a local disk, or use PostgreSQL."
            ) from error

    def release(self) -> None:
        """Give the folder back; doing so twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
