"""What ./test runs: runner.py knows how, steps.py knows what."""
