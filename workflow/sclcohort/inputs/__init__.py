"""Check configuration, sheets and files, and resolve them into the tables that all later stages read."""
