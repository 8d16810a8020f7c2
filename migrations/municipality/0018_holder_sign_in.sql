-- Holders sign in at a provider of their own; an attempt remembers at which one it was made.
SET LOCAL lock_timeout = '5s';

ALTER TABLE sign_in_attempt ADD COLUMN for_holder boolean NOT NULL DEFAULT false;
