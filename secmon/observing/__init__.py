"""How the service is watched: health, readiness, metrics, the access log, logs."""
