EXTRA_DIST += tests/bench/points
