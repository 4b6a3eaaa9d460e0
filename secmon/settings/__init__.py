"""What an installation is set up with: the environment, checked before anything starts."""
