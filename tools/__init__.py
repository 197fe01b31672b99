"""What developers run beside the app."""
