"""Support cases: states, targets in working time, notes, identity checks, approvals, timeline, evidence."""
