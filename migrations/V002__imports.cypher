// What each source gave last, by the source's own key: how a second import of a row finds what the first one made of it.
CREATE CONSTRAINT imported_key IF NOT EXISTS FOR (n:Imported) REQUIRE n.key IS UNIQUE;
