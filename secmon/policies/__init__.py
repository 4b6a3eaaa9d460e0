"""The risk policy as a versioned document: which one is in force, and who changed it when."""
