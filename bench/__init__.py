"""This service beside its floors, measured in the same run."""
