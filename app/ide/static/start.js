"use strict";

const FIRST = `# Guanxi 关系: relationships as one graph.
# Ctrl-Enter runs the query.

query First {
  people(first: 5, orderBy: [{ influence: DESC }]) {
    nodes {
      name
      position { title organization { name } }
      influence {
        rank
        score
        reasons(first: 2) { label party { name } }
      }
    }
  }
}
`;

async function fetcher(request, options) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      ...(options && options.headers),
      accept: "application/graphql-response+json, application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

const link = new URLSearchParams(window.location.search);
const properties = { fetcher, defaultQuery: FIRST, shouldPersistHeaders: false };
for (const name of ["query", "variables", "operationName"]) {
  if (link.has(name)) properties[name] = link.get(name);
}
ReactDOM.createRoot(document.getElementById("graphiql")).render(React.createElement(GraphiQL, properties));
