"""Series, contests, challenges, tracks, rounds, appointments, prizes: what an organiser sets up."""
