"""What runs: settings, server, command line. Wires the parts; may import everything."""
