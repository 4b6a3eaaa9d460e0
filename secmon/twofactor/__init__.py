"""The second factor: TOTP codes and recovery codes, each good once, guessed in vain."""
