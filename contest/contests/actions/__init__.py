"""Changes contests: `rounds` moves a round through its phases; the others follow the set-up pages."""
