"""The demo: a finished campaign and a running one, made by the real workflow, and the programs that `make run` starts. Nothing in the
service depends on this package."""
