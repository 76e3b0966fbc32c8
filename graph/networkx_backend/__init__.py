"""`networkx` on our kernels: `nx.pagerank(network)`, and `nx.pagerank(G, backend="guanxi")` for its own graphs.

What is not here falls back to networkx where that is allowed (`nx.config.fallback_to_nx = True`).
"""
