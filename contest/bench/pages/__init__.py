"""What the pages cost: the program beside bare references, on the same server in the same run."""
