-- Training of the classifier as its screens show it: nights, models, classes over time.
BEGIN;
\ir ../lib/small-bank.sql
SELECT * FROM no_plan();
CREATE FUNCTION pg_temp.model(p_hits int, p_rival int, p_rival_hits int) RETURNS int LANGUAGE sql AS $$
    INSERT INTO bank.model (state, examples, corrections, threshold, held, hits, top3, auto, auto_hits, calibration,
                            rival_id, rival_hits)
    VALUES ('shadow', 1000, 40, 0.8, 200, p_hits, 200, 150, 140, 0.02, p_rival, p_rival_hits) RETURNING model_id $$;
CREATE FUNCTION pg_temp.call(p_what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_super', format('SELECT (api.%s gen_random_uuid())).status', p_what)) $$;
CREATE FUNCTION pg_temp.fates() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.as('t_audit', 'SELECT string_agg(fate, '' '' ORDER BY model_id) FROM api.training_trend()') $$;
SELECT pg_temp.model(180, NULL, NULL) AS one \gset
SELECT is(pg_temp.call(format('model_promote(%s,', :one)), 'done', 'a supervisor makes the first one active');
SELECT pg_temp.model(186, :one, 180) AS two \gset
SELECT is(pg_temp.call(format('model_promote(%s,', :two)), 'done', 'and a better one');
SELECT pg_temp.model(184, :two, 186) AS three \gset
SELECT is(pg_temp.call(format('model_promote(%s,', :three)), 'BO423', 'never a worse one');
SELECT is(pg_temp.fates(), 'replaced active shadow', 'what became of each');
SELECT is(pg_temp.call('model_rollback('), 'done', 'a supervisor rolls back');
SELECT is(pg_temp.fates(), 'active rolled_back shadow', 'and it shows');
SELECT pg_temp.model(188, :one, 180) AS four \gset
SELECT is(pg_temp.call(format('model_promote(%s,', :four)), 'done', 'the next better one is active');
SELECT is(pg_temp.call('model_rollback('), 'done', 'that one is rolled back too');
SELECT is(pg_temp.fates(), 'active rolled_back shadow rolled_back', 'to the one before it, not to one that was rolled back');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(fate, '' '' ORDER BY model_id) FROM api.model_list'),
          'active rolled_back shadow rolled_back', 'as the list of models says');
SELECT is(pg_temp.call('model_rollback('), 'BO423', 'and there the way back ends');
INSERT INTO bank.model_part (model_id, axis, sha256, data)
SELECT m, 'B', sha256('the same'), 'the same' FROM unnest(ARRAY[:one, pg_temp.model(190, :one, 180)]) m;
SELECT throws_like('SELECT api.model_promote(max(model_id), gen_random_uuid()) FROM api.model_list',
          'The model is the same as the active one.', 'one that nobody taught anything is named as such');

INSERT INTO bank.nightly (job, night, state, model_id, promoted) VALUES
    ('classify', '2026-03-01', 'done', :two, true), ('classify', '2026-03-02', 'done', :three, false),
    ('classify', '2026-03-03', 'failed', NULL, false);
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(concat_ws('' '', state, rival, accuracy, gain, fate), ''; '' ORDER BY night)'
          ' FROM api.nightly_list'), 'done 90 93 3 rolled_back; done 93 92 -1 shadow; failed',
          'each night with accuracy before and after');
SELECT is(pg_temp.as('t_clerk', 'SELECT count(*) FROM api.nightly_list'), '42501', 'clerks have other work');

INSERT INTO bank.model_class (model_id, axis, code, held, said, hits) VALUES
    (:one, 'B', 'B02', 40, 40, 30), (:two, 'B', 'B02', 40, 36, 36);
SELECT is(pg_temp.as('t_super', format('SELECT concat_ws('' '', code, held, before, recall, gain, exact)'
          ' FROM api.model_classes(%s, ''B'')', :two)), 'B02 40 75 90 15 100', 'by class beside the one before');
SELECT is(pg_temp.as('t_super', 'SELECT string_agg(recall::text, '' '' ORDER BY label) FROM api.class_trend(''B'', ''B02'')'),
          '75 90', 'one class over the trainings');
SELECT is(pg_temp.as('t_super', format('SELECT accuracy || '' '' || rival_accuracy || '' '' || night FROM api.model_detail(%s)', :two)),
          '93 90 2026-03-01', 'one model');
SELECT is(pg_temp.as('t_super', 'SELECT label_en || cases FROM api.class_quality(''B'', ''B02'')'),
          (SELECT label_en || '0' FROM bank.class_code WHERE axis = 'B' AND code = 'B02'), 'a class without cases is shown too');
SELECT is(pg_temp.as('t_super', 'SELECT active FROM api.training_state()'), :'one', 'how it stands');
SELECT is(pg_temp.as('t_clerk', 'SELECT active FROM api.training_state()'), '42501', 'not for clerks');
SELECT * FROM finish();
ROLLBACK;
