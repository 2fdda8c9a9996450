"""What other systems of our kind got wrong, held against ours, by the numbers of docs/security/flaws.md."""
