"""The answer ledger: what was shown to whom, when and why; append-only and provable."""
