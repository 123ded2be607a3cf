"""Lists sent as files: CSV or JSON, row by row, for as long as it takes."""

from collections.abc import Iterable, Sequence

from fastapi.responses import StreamingResponse

from qa.staff.export import Cells, as_csv, as_json


def sent(name: str, columns: Sequence[str], rows: Iterable[Cells]) -> StreamingResponse:
    """The rows as the file `name`, by whose ending its form is chosen."""
    if name.endswith(".csv"):
        lines, kind = as_csv(columns, rows), "text/csv; charset=utf-8"
    else:
        lines, kind = as_json(rows), "application/json"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=kind, headers=disposition)
