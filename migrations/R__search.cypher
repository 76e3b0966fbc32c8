// Everything that can be found by its text keeps it, folded, in search_text. The embedded engine gets this one form as SQL.
CREATE FULLTEXT INDEX search IF NOT EXISTS FOR (n:Node) ON EACH [n.search_text] OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words'}};
