"""The wallet keeps the credentials; this service is told when they change, and watches what follows."""
