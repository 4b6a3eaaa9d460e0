"""Where an address is and what is known of its network, from the operator's own files."""
