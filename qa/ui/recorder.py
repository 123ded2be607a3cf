"""An answer as the page showed it, put by for the ledger."""

import logging
from datetime import UTC, datetime

from qa.answer import Answer, Quote
from qa.assistant import Workings
from qa.first_look import where
from qa.ledger.answers import Boxes, Shown, answer_entry, trace_of
from qa.ledger.clerk import Clerk
from qa.ledger.identity import code_identity, configuration_identity
from qa.masking import mask
from qa.settings import Settings
from qa.ui.pages import highlight_boxes
from qa.ui.quote_card import PAGED_FORMATS
from sources.document import Audience
from sources.errors import SourceError

logger = logging.getLogger(__name__)


class Recorder:
    """Records what a page shows. `failed_at` is when an answer last could not be put by."""

    def __init__(self, settings: Settings, clerk: Clerk) -> None:
        self.clerk = clerk
        self.failed_at: datetime | None = None
        self._settings = settings
        self._made_by = code_identity(), configuration_identity(settings)

    def record(
        self, answer: Answer, workings: Workings | None, reader: Audience, language: str
    ) -> bool:
        """Put the answer by, masked; whether it is. A record that fails keeps no answer back."""
        try:
            boxes = [self._boxes(quote) for quote in answer.quotes]
            shown = Shown(reader, language, boxes, *self._made_by)
            trace = trace_of(workings, self._settings) if workings else None
            entry = answer_entry(answer, shown, lambda text: mask(text).text, trace)
            self.clerk.record(entry)
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is shown
            self.failed_at = datetime.now(UTC)
            said = error if isinstance(error, OSError) else where(error)
            logger.error("an answer is not recorded: %s", said)  # noqa: TRY400  no word of it
            return False
        return True

    def _boxes(self, quote: Quote) -> Boxes:
        """Where a quote of a PDF stands on its pages; nothing where that cannot be told."""
        library = self.clerk.library
        document = library.document(quote.doc_id, quote.version)
        if document.format not in PAGED_FORMATS:
            return []
        try:
            pages = highlight_boxes(library.original(quote.version), document, quote.span)
        except SourceError:
            return []
        return [(page.page, *box) for page in pages for box in page.boxes]
