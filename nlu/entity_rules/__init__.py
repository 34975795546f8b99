"""Finds named things in citizens' messages by rules and lists. Imports nothing of ours but nlu.vietnamese."""
