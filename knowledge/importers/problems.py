"""What makes a file unusable, in the editor's words, and the sizes beyond which a file is not opened."""

from pathlib import Path

MB = 1024 * 1024
# The largest official file seen is 2.6 MB; beyond this it is a wrong file or an attack.
MAX_FILE_BYTES = 50 * MB
# HTML is parsed in Python, a few MB a second; a page of one procedure has some 100 KB.
MAX_HTML_BYTES = 10 * MB
# One part of an OOXML file once unpacked. A list of 340 procedures has 0.1 MB.
MAX_PART_BYTES = 32 * MB
MAX_UNPACKED_BYTES = 128 * MB
MAX_PARTS = 5000
# A detail file has 2 to 40 pages.
MAX_PDF_PAGES = 300
MAX_PDF_SECONDS = 60.0
CONVERT_SECONDS = 120.0


class ImportProblem(Exception):
    """A file or an entry of it cannot be used; the message is one Vietnamese line with the reason and the remedy."""


def read_file(path: Path) -> bytes:
    """Return the bytes of a regular file within the size limit.

    Raises:
        ImportProblem: It does not exist, is empty, no regular file, too large, or may not be read.
    """
    try:
        if not path.exists():
            raise ImportProblem("không có tệp này; kiểm tra lại đường dẫn")
        if not path.is_file():
            raise ImportProblem("không phải tệp thường; chỉ nhập được tệp và thư mục")
        if (size := path.stat().st_size) > MAX_FILE_BYTES:
            raise ImportProblem(
                f"tệp {size / MB:.0f} MB, quá {MAX_FILE_BYTES // MB} MB; chia tệp (mỗi dòng một thủ tục: "
                "split -l 500 TỆP) hoặc kiểm tra có đúng tệp không"
            )
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ImportProblem(f"không đọc được ({error.strerror}); kiểm tra quyền của tệp") from error
    if len(data) > MAX_FILE_BYTES:
        raise ImportProblem(f"tệp đang được ghi thêm và đã quá {MAX_FILE_BYTES // MB} MB; chờ ghi xong rồi nhập lại")
    if not data.strip():
        raise ImportProblem("tệp rỗng; tải lại tệp từ nguồn")
    return data
