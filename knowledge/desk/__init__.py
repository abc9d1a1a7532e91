"""The staff desk's pages about the evidence: publications, sources, documents, briefings."""
