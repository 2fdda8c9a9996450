"""Mail that stands as a message before it goes, and calendars."""
