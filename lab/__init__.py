"""Beside the service: fitting the shipped policy, and measuring how good the judgement is."""
