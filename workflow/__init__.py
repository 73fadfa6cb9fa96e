"""What the plan says and the one road through it. Read workflow/procedure.py first, then workflow/steps.py."""
