"""Opens OOXML files (Word, Excel) part by part, with guards against zip bombs and XML entities."""

import io
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

from knowledge.importers.problems import MAX_PART_BYTES, MAX_PARTS, MAX_UNPACKED_BYTES, MB, ImportProblem

Element = ElementTree.Element


class _RootSeenError(Exception):
    """The prologue ended without a document type."""


class Package:
    """The parts of an OOXML file.

    Raises:
        ImportProblem: The archive is damaged, locked by a password, or has absurdly many parts.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise ImportProblem("tệp Word hoặc Excel bị hỏng; tải lại từ nguồn") from error
        parts = self._archive.infolist()
        if len(parts) > MAX_PARTS:
            raise ImportProblem(f"tệp có {len(parts)} phần bên trong, quá {MAX_PARTS}; có thể là bom nén, không mở")
        if any(part.flag_bits & 1 for part in parts):
            raise ImportProblem("tệp có mật khẩu; bỏ mật khẩu, lưu lại rồi nhập")
        self._unpacked = 0
        self.names = frozenset(part.filename for part in parts)

    def xml(self, name: str) -> Element:
        """Return the root of a part.

        Raises:
            ImportProblem: There is no such part, it is damaged, unpacks to more than the limit, or declares entities.
        """
        data = self._read(name)
        _refuse_doctype(data, name)
        try:
            return ElementTree.fromstring(data)  # noqa: S314 (document types, and with them entities, are refused above)
        except (ElementTree.ParseError, ValueError, RecursionError) as error:
            raise ImportProblem(f"phần {name} bên trong tệp bị hỏng ({error}); tải lại từ nguồn") from error

    def _read(self, name: str) -> bytes:
        try:
            # The size that the archive states may lie, so the bytes themselves are counted.
            with self._archive.open(name) as part:
                data = part.read(MAX_PART_BYTES + 1)
        except KeyError as error:
            raise ImportProblem(f"thiếu phần {name} bên trong tệp; tải lại từ nguồn") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise ImportProblem(f"phần {name} bên trong tệp bị hỏng; tải lại từ nguồn") from error
        self._unpacked += len(data)
        if len(data) > MAX_PART_BYTES or self._unpacked > MAX_UNPACKED_BYTES:
            raise ImportProblem(f"giải nén ra quá {MAX_PART_BYTES // MB} MB; có thể là bom nén, không mở")
        return data


def _refuse_doctype(data: bytes, name: str) -> None:
    """Read up to the root element; office programs never write a document type."""

    def refuse(*_: object) -> None:
        raise ImportProblem(f"phần {name} khai báo thực thể XML, tệp Word và Excel thật không có; không mở")

    def stop(*_: object) -> None:
        raise _RootSeenError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        parser.Parse(data, True)
    except _RootSeenError:
        return
    except expat.ExpatError as error:
        raise ImportProblem(f"phần {name} bên trong tệp bị hỏng ({error}); tải lại từ nguồn") from error
