"""Who may do what, read off the program: its views, its policies, and what these answer when asked."""
