// What is kept beside the graph tells by it whether it is of this log or of another one.
MATCH (n:Counter {name: 'changes'}) WHERE n.log IS NULL SET n.log = randomUUID();
