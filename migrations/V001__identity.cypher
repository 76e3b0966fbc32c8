// One space of ids for everything that has a name, and the keys by which files and concurrent writers find things.
CREATE CONSTRAINT node_id IF NOT EXISTS FOR (n:Node) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT identifier_key IF NOT EXISTS FOR (n:Identifier) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT unclaimed_address_match IF NOT EXISTS FOR (n:UnclaimedAddress) REQUIRE n.match IS UNIQUE;
CREATE CONSTRAINT change_id IF NOT EXISTS FOR (n:Change) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT change_key IF NOT EXISTS FOR (n:Change) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT counter_name IF NOT EXISTS FOR (n:Counter) REQUIRE n.name IS UNIQUE;

// Ties are found by their own id. A pair of people has one acquaintance, even when two transactions MERGE it at once.
CREATE CONSTRAINT customer_of_id IF NOT EXISTS FOR ()-[t:CUSTOMER_OF]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT partner_of_id IF NOT EXISTS FOR ()-[t:PARTNER_OF]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT supplier_of_id IF NOT EXISTS FOR ()-[t:SUPPLIER_OF]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT owns_id IF NOT EXISTS FOR ()-[t:OWNS]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT partners_with_id IF NOT EXISTS FOR ()-[t:PARTNERS_WITH]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT supplies_id IF NOT EXISTS FOR ()-[t:SUPPLIES]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT covers_id IF NOT EXISTS FOR ()-[t:COVERS]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT knows_id IF NOT EXISTS FOR ()-[t:KNOWS]-() REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT knows_pair IF NOT EXISTS FOR ()-[t:KNOWS]-() REQUIRE t.pair IS UNIQUE;

// The number of the last change, and one lock for each hierarchy that must stay without a cycle.
MERGE (n:Counter {name: 'changes'}) ON CREATE SET n.value = 0;
UNWIND ['OWNS', 'REPORTS_TO'] AS name MERGE (:Lock {name: name});
