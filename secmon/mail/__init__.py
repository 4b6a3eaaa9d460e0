"""E-mail to owners: what is said, in Chinese and English, and sending it."""
