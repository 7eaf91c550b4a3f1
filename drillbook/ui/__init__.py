"""The screens' common parts: the only part of the package, besides app.py and pages/, on Streamlit.

It refuses to know the register's rules: what a page shows and saves is asked of the
record types' modules.
"""
