-- The login that migrates may take the two roles, also where it is no superuser: since PostgreSQL 16 whoever creates a role may
-- grant it, but may not take it before it is granted with SET. Without INHERIT the login itself keeps seeing no row at all.
DO $$
DECLARE
    role_name text;
    options text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH SET TRUE, INHERIT FALSE' ELSE '' END;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['mooring_tenant', 'mooring_system'] LOOP
        BEGIN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name) || options;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'the role % has to be granted to % by its administrator', role_name, current_user;
            WHEN unique_violation OR internal_error THEN
                NULL; -- another database of this cluster is granting the same at this moment
        END;
    END LOOP;
END
$$;
