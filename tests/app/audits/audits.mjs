// Runs the GraphQL-over-HTTP audits against the URL of the first argument; one JSON line each: id, name, status, reason.
import { serverAudits } from "graphql-http";

for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, reason: result.reason ?? "" }));
}
