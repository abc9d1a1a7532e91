"""What the project knows before it has read anything: where the official texts are, and briefings.

Our own words only. Every paragraph of a briefing names the official page that it rests on, the
date of the fact, the date it was checked and, in a source note, each number that it states.
"""
