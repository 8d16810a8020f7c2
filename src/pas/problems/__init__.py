"""Every refusal and every error becomes an answer here: problem+json (RFC 9457), in Dutch."""
