"""Who may call: services and staff, the scopes of their roles, and the tokens that prove who they are."""
