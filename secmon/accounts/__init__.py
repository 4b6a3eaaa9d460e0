"""An account's standing, restrictions and required actions: the gate before money moves."""
