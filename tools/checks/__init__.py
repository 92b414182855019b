"""The checks of tools/check: one file each, with `run(tree)` that yields Findings."""
