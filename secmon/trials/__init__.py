"""What another policy would do: beside the one in force, or on the logins of the past."""
