"""To the outside: event envelopes, the durable outbox, the MQTT uplink. Imports only edge.core."""
