"""What both stores have in common: the tables of docs/format.md (section 2), in SQL that both databases speak."""
