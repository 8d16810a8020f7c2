-- How far a scheme's money of a year is overspent, noted after each way of granting, so that watching it costs nothing.
SET LOCAL lock_timeout = '5s';

ALTER TABLE appropriation ADD COLUMN overspent_cents bigint NOT NULL DEFAULT 0 CHECK (overspent_cents >= 0);
GRANT UPDATE (overspent_cents) ON appropriation TO app_municipality;
