# Migrations are installed as they are; the program reads them at run time.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
  src/schema/001-roles.sql \
  src/schema/002-organisation.sql \
  src/schema/003-customer.sql \
  src/schema/004-access.sql \
  src/schema/005-lookup.sql \
  src/schema/006-customer-view.sql \
  src/schema/007-customer-write.sql \
  src/schema/009-audit.sql \
  src/schema/020-reconcile.sql
dist_schema_DATA += \
  src/schema/010-class-code.sql \
  src/schema/011-calendar.sql \
  src/schema/012-case-type.sql \
  src/schema/013-case.sql \
  src/schema/030-points.sql
dist_schema_DATA += \
  src/schema/014-case-step.sql \
  src/schema/015-case-check.sql \
  src/schema/016-case-write.sql \
  src/schema/017-case-view.sql \
  src/schema/018-clock.sql \
  src/schema/019-clock-run.sql \
  src/schema/036-clock-tick.sql \
  src/schema/037-clock-extension.sql \
  src/schema/038-deliver.sql
dist_schema_DATA += \
  src/schema/031-points-post.sql \
  src/schema/032-points-write.sql \
  src/schema/033-points-view.sql
dist_schema_DATA += \
  src/schema/021-reconcile-import.sql \
  src/schema/022-reconcile-run.sql \
  src/schema/023-reconcile-view.sql \
  src/schema/024-reconcile-item.sql \
  src/schema/025-reconcile-gate.sql \
  src/schema/034-reconcile-rules.sql \
  src/schema/026-reconcile-claim.sql \
  src/schema/035-reconcile-keep.sql \
  src/schema/039-reconcile-lane.sql \
  src/schema/027-reconcile-match.sql \
  src/schema/028-reconcile-signoff.sql \
  src/schema/029-reconcile-alias.sql \
  src/schema/056-reconcile-approval.sql \
  src/schema/057-reconcile-inbox.sql \
  src/schema/058-reconcile-break.sql \
  src/schema/059-reconcile-candidate.sql
dist_schema_DATA += \
  src/schema/040-worklist.sql src/schema/041-reconcile-store.sql \
  src/schema/042-reconcile-held.sql src/schema/043-case-any.sql src/schema/044-reconcile-judge.sql \
  src/schema/050-report-case.sql \
  src/schema/051-report-points.sql
dist_schema_DATA += \
  src/schema/008-console.sql
dist_schema_DATA += \
  src/schema/076-case-intake.sql \
  src/schema/077-case-merge.sql \
  src/schema/078-case-pull.sql \
  src/schema/079-case-after.sql \
  src/schema/080-report-complaint.sql \
  src/schema/081-macro.sql \
  src/schema/082-reconcile-original.sql \
  src/schema/095-reconcile-segment.sql \
  src/schema/096-reconcile-unique.sql \
  src/schema/099-benefit.sql
dist_schema_DATA += \
  src/schema/060-restricted.sql \
  src/schema/061-staff.sql \
  src/schema/062-timeline.sql
pillar_tests = tests/api/application.sql tests/api/application-credit.sql tests/api/application-chain.sql tests/api/payroll.sql tests/api/case.sql tests/api/case-page.sql tests/api/case-type.sql tests/api/suggestion.sql tests/api/intake.sql tests/api/after.sql tests/api/route.sql tests/api/classify.sql tests/api/clock.sql tests/api/points.sql tests/api/worklist.sql tests/api/report.sql tests/api/reconcile.sql \
  tests/api/reconcile-run.sql
TESTS += $(pillar_tests)
EXTRA_DIST += $(pillar_tests) tests/lib/small-bank.sql tests/lib/applicants.sql tests/api/granted.sql
core_tests = tests/api/customer.sql tests/api/benefit.sql tests/api/portfolio.sql tests/api/lookup.sql tests/api/roles.sql \
  tests/api/restricted.sql tests/api/security.sql
TESTS += $(core_tests)
EXTRA_DIST += $(core_tests)
dist_schema_DATA += src/schema/065-calendar-view.sql
dist_schema_DATA += \
  src/schema/070-route.sql src/schema/071-classify.sql \
  src/schema/072-classify-write.sql src/schema/073-classify-model.sql src/schema/074-opinion.sql \
  src/schema/075-identifier.sql
dist_schema_DATA += src/schema/055-report-reconcile.sql
break_tests = tests/api/reconcile-evidence.sql tests/api/reconcile-work.sql tests/api/reconcile-segment.sql tests/api/reconcile-many.sql
TESTS += $(break_tests)
EXTRA_DIST += $(break_tests)
dist_schema_DATA += src/schema/066-portfolio.sql src/schema/067-administration.sql
dist_schema_DATA += src/schema/097-reconcile-run-view.sql
dist_schema_DATA += src/schema/083-case-type-view.sql \
  src/schema/084-suggestion.sql src/schema/085-theme.sql
dist_schema_DATA += src/schema/098-reconcile-lane-open.sql
dist_schema_DATA += \
  src/schema/086-application.sql src/schema/087-application-check.sql \
  src/schema/088-application-write.sql src/schema/089-application-decide.sql
dist_schema_DATA += \
  src/schema/100-application-type.sql src/schema/101-application-view.sql \
  src/schema/102-scorecard.sql src/schema/103-core.sql \
  src/schema/104-application-customer.sql \
  src/schema/105-application-chain.sql src/schema/106-unit-regime.sql \
  src/schema/107-calendar-change.sql \
  src/schema/108-case-transfer.sql
dist_schema_DATA += src/schema/109-audit-words.sql src/schema/110-audit-view.sql \
  src/schema/111-reconcile-join.sql src/schema/112-credit-score.sql src/schema/113-payroll.sql \
  src/schema/114-account-statement.sql src/schema/115-staff-change.sql src/schema/116-password.sql \
  src/schema/117-unit-change.sql src/schema/118-check-rule.sql src/schema/119-application-execute.sql
dist_schema_DATA += src/schema/090-case-desk.sql src/schema/091-attachment.sql \
  src/schema/092-case-many.sql
TESTS += tests/api/desk.sql tests/api/told.sql tests/api/transfer.sql tests/api/training.sql tests/api/unseen.sql
EXTRA_DIST += tests/api/desk.sql tests/api/told.sql tests/api/transfer.sql tests/api/training.sql tests/api/unseen.sql
dist_schema_DATA += src/schema/093-case-batch.sql src/schema/094-case-batch-intake.sql
TESTS += tests/api/batch.sql
EXTRA_DIST += tests/api/batch.sql
TESTS += tests/api/fault.sql
EXTRA_DIST += tests/api/fault.sql
TESTS += tests/api/calendar.sql tests/api/audit.sql tests/api/staff.sql tests/api/password.sql tests/api/units.sql tests/api/handover.sql
EXTRA_DIST += tests/api/calendar.sql tests/api/audit.sql tests/api/staff.sql tests/api/password.sql tests/api/units.sql tests/api/handover.sql
