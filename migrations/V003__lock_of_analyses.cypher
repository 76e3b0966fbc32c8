// Who takes a run of an analysis, or begins to put its scores on parties, holds this lock before looking at the others.
MERGE (n:Lock {name: 'analyses'});
