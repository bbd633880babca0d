"""A tamper-evident log: entries, a Merkle tree (RFC 6962), signed checkpoints, proofs, and two verifiers."""
