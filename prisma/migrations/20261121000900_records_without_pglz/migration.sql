-- A server without lz4 compresses with pglz, which takes a fifth of a page's write. There, records up to a page of the heap (8 KB)
-- are kept as they are: faster, and larger on disk. With lz4 nothing changes.
DO $$
DECLARE
    part text;
BEGIN
    IF NOT 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
        FOREACH part IN ARRAY ARRAY['records_orders', 'records_products', 'records_customers', 'records_inventory'] LOOP
            EXECUTE format('ALTER TABLE %I SET (toast_tuple_target = 8160)', part);
        END LOOP;
    END IF;
END
$$;
