"""What the readers of own data share: which fields of a row hold what, and how wrong types are handled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vincicoder.sample import RawSample
from vincicoder.sources.hub.pictures import Pictures


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Where a row keeps its fields.

    `language` is a fixed language unless `language_column` names a column; `id_column` defaults to the
    row's position, `license_column` to `license`. `image_column` holds the row's own picture, or its path.
    """

    domain: str
    license: str
    code_column: str = "code"
    language: str | None = None
    language_column: str | None = None
    id_column: str | None = None
    license_column: str | None = None
    image_column: str | None = None
    pictures: Pictures | None = None

    def columns(self) -> list[str]:
        """Return the columns that are read, without repetition."""
        named = (
            self.code_column,
            self.language_column,
            self.id_column,
            self.license_column,
            self.image_column,
        )
        return list(dict.fromkeys(name for name in named if name is not None))

    def to_raw(self, row: Mapping[str, object], position: int) -> RawSample:
        """Return the row as a raw sample. A field of another type than text is no code, never an error."""
        code = row.get(self.code_column)
        identifier = row.get(self.id_column) if self.id_column else None
        language = row.get(self.language_column) if self.language_column else self.language
        row_license = row.get(self.license_column) if self.license_column else None
        return RawSample(
            source_id=str(position) if identifier is None else str(identifier),
            code=code if isinstance(code, str | bytes) else None,
            language="" if language is None else str(language),
            domain=self.domain,
            license=self.license if row_license is None else str(row_license),
            image=self._image(row),
        )

    def _image(self, row: Mapping[str, object]) -> bytes | None:
        if self.image_column is None or self.pictures is None:
            return None
        return self.pictures.find(row.get(self.image_column), "")
