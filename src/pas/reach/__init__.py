"""Whom the pass reaches: users set against target groups, traced to their definitions."""
