"""The machine of every node: messages in, one pure decision, wanted states out. Imports no other wing."""
