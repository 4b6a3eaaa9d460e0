"""Secrets at rest: the key ring, the files it is read from, the digests that devices are shown by."""
