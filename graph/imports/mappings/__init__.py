"""The mappings that come with Guanxi, one TOML file a source."""
