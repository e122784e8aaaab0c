"""Everything Azure would be, on one machine; never deployed, never imported by the product."""

DEFAULT_PORT = 7071
DEFAULT_STATE = ".local"
