-- What stands out in sales without a network is looked for among those whose chain does not fit, too.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX offline_sale_chain ON offline_sale (recorded_at) WHERE chain <> 'whole';
