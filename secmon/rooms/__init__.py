"""What every room hands to the composition root, in one shape."""
