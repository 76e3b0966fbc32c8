"""Everything known about the data: the database, its declarations, reads, writes and analyses."""
