"""The gate that is asked before money moves: whose session, which payee, how much, and what lifts a hold."""
