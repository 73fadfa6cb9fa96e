"""What happens by itself: reminders are swept and mail is delivered. Whatever runs here can be run by hand from cli/."""
