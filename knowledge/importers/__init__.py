"""Importers of official files: what a ministry or the portal publishes becomes a draft for an editor, never an answer.

``sniff`` tells the kind of a file by its content, a reader per format gives ``RawProcedure`` (the file's own words),
``reading`` interprets them with ``fees``, ``times`` and ``papers``, ``draft`` and ``write`` keep the outcome under
``var/drafts``. Nothing here writes below ``data/procedures``, and nothing there reads a draft.
"""
