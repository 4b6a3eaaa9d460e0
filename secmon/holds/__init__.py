"""Holds: what an account may not do for a while, or not above a cap, and by which rules that begins."""
