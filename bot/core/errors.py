"""The error tree. Each carries a key into the locale files and the values its sentence needs.

HushError
├── SettingsError     a setting is missing or wrong; ends the program with one sentence
├── ContentError      a shipped or added file is wrong; names file and field
├── StoreError        the database or a backup cannot be used; says in one sentence why and what to do
├── OutageError       Discord cannot be reached or does not serve; ends the program with one sentence
└── Refusal           a person asked for something Hush cannot do now; the sentence says what to do
"""


class HushError(Exception):
    """An error whose text a person may read."""


class SettingsError(HushError):
    """A setting is missing or wrong; the message is a whole sentence for the hoster."""


class ContentError(HushError):
    """A content file is wrong; the message names the file and the field."""


class StoreError(HushError):
    """The database or a backup cannot be used; the message is a whole sentence for the hoster."""


class OutageError(HushError):
    """Discord cannot be reached or does not serve; the message is a whole sentence for the hoster."""


class Refusal(HushError):  # noqa: N818 - it is an answer, not a fault
    """A kind no: `key` names the sentence in the locale files, `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
