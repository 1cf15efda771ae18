-- The same with every import and run in tables of its own, as large ones are kept.
\set segment 1
\ir reconcile.sql
