"""Who takes part: teams, members, invitations, eligibility."""
