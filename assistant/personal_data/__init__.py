"""Personal data in what readers write: found by patterns, replaced by words that say what it was.

Pure: no Django, no network, no model. `hiding.hide` is the door.
"""
