"""Panels, rubrics, conflicts, assignment, scorecards."""
