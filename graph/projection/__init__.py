"""Reads are declared on the types of the API; this compiles one root field into one statement. It knows no noun."""
