"""Papers as files: the store of uploads. Who may file which paper is in workflow/papers.py."""
