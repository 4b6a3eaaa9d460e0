"""Which device is this? Known, updated, new, or not what it claims to be."""
