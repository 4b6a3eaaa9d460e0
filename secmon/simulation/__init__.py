"""A synthetic wallet: owners with their habits, and attackers, for the demo, the tests and the evaluation."""
