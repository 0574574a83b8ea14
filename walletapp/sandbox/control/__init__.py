"""The control room: the people and parties around OMS, played by a person (pages) or a test (api)."""
