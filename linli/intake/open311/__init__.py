"""Open311 GeoReport v2: other systems read the public matters here and send reports; docs/open311.md is its handbook."""
