"""The register's file: one store, its journal, its audit chain, its backups.

It knows tables and transactions, and refuses to know what a drill is.
"""
