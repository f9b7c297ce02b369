"""Incidents, and every casualty figure as a claim: from the spans and relations of dispatches to tables and totals."""
