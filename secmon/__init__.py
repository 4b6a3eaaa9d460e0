"""secmon: account security beside a mobile wallet, and the response to theft."""
