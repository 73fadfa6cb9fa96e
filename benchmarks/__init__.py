"""Speed, measured against hand-written floors in the same run: `python -m benchmarks`. What the figures mean is in README.md."""
