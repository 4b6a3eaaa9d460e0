"""What the tests and the benchmarks share and the service never imports."""
