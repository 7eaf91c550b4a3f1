"""Drillbook: the register of emergency drills and contingency plans, without its screens.

Nothing in this package but ``drillbook.ui`` imports Streamlit.
"""
