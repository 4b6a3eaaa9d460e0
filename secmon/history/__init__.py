"""An account's past: one timeline out of every domain's entries, the evidence that is handed out."""
