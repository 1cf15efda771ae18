screensdir = $(pkgdatadir)/screens
dist_screens_DATA = screens/screen.schema.json \
  screens/home.json
EXTRA_DIST += screens/README.md
dist_screens_DATA += \
  screens/audit-entry.json \
  screens/case-list.json \
  screens/recon-run.json \
  screens/recon-lane-new.json \
  screens/case.json \
  screens/case-open.json \
  screens/case-reply.json \
  screens/case-resolve.json \
  screens/case-note.json \
  screens/case-classify.json \
  screens/case-route.json \
  screens/case-transfer.json \
  screens/case-assign.json \
  screens/queue-list.json \
  screens/case-mark.json \
  screens/case-mediation.json \
  screens/checklist.json \
  screens/checklists.json \
  screens/case-imports.json \
  screens/macro.json \
  screens/macros.json \
  screens/case-redress.json \
  screens/case-cause.json \
  screens/case-causes.json \
  screens/report-complaint.json \
  screens/class-code.json \
  screens/class-codes.json \
  screens/report-promise.json \
  screens/report-register.json \
  screens/report-team-load.json \
  screens/case-source.json \
  screens/case-sources.json \
  screens/case-rejects.json \
  screens/endpoint.json \
  screens/endpoints.json \
  screens/case-alerts.json \
  screens/case-breach.json \
  screens/case-extend.json \
  screens/case-extensions.json \
  screens/clock-rules.json \
  screens/route-rules.json screens/route-rule.json screens/route-staff.json screens/route-person.json \
  screens/models.json screens/report-classifier.json \
  screens/report-classifier-class.json screens/report-classifier-trust.json \
  screens/outbox.json \
  screens/points.json \
  screens/points-post.json \
  screens/points-adjust.json \
  screens/points-accounts.json \
  screens/points-adjustments.json \
  screens/worklist.json \
  screens/work.json \
  screens/report-service-level.json \
  screens/report-case-owner.json \
  screens/report-case-day.json \
  screens/report-case-mix.json \
  screens/report-points.json \
  screens/points-proof.json
dist_screens_DATA += screens/case-new.json screens/my-tasks.json screens/access-requests.json
dist_screens_DATA += \
  screens/customer-search.json \
  screens/customer.json \
  screens/contact-log.json \
  screens/task-new.json \
  screens/audit-list.json \
  screens/staff-list.json \
  screens/task-timing.json
dist_screens_DATA += screens/recon-day.json \
  screens/recon-balance.json \
  screens/recon-files.json \
  screens/recon-statements.json \
  screens/recon-lines.json \
  screens/recon-breaks.json \
  screens/recon-matches.json \
  screens/recon-match.json
dist_screens_DATA += \
  screens/recon-lane.json \
  screens/recon-file.json \
  screens/recon-statement.json \
  screens/recon-item.json \
  screens/recon-runs.json
dist_screens_DATA += screens/calendar.json screens/recon-matcher.json \
  screens/recon-approvals.json screens/recon-approval.json
# Flows: the C file beside its screen; screens/flows.def is their table.
libconsole_a_SOURCES += screens/flows.def screens/calendar.c screens/recon-matcher.c \
  screens/recon-matcher.h screens/recon-matcher-pick.c
dist_screens_DATA += screens/report-recon-rate.json screens/report-recon-rule.json \
  screens/report-recon-ageing.json screens/report-recon-long-short.json screens/report-balance.json
dist_screens_DATA += screens/recon-escalations.json screens/recon-suggestions.json \
  screens/recon-adjustments.json screens/recon-aliases.json screens/recon-limits.json \
  screens/recon-balances.json screens/recon-signoffs.json
dist_screens_DATA += screens/portfolio.json screens/portfolio-list.json screens/campaign-targets.json \
  screens/benefit-uses.json screens/tier-benefits.json \
  screens/settings.json screens/units.json screens/unit-regimes.json screens/business-hours.json screens/role-rights.json \
  screens/staff-new.json screens/staff-edit.json screens/staff-changes.json screens/staff-disable.json screens/unit-new.json screens/unit-edit.json screens/unit-changes.json \
  screens/calendars.json screens/calendar-edit.json screens/unit-calendars.json screens/calendar-changes.json screens/clock-rule.json
dist_screens_DATA += screens/recon-lanes.json \
  screens/recon-setting.json \
  screens/recon-lane-edit.json \
  screens/recon-lane-changes.json \
  screens/recon-rule-sets.json \
  screens/recon-rule-set.json \
  screens/recon-rule-edit.json
dist_screens_DATA += \
  screens/application-list.json screens/application.json screens/application-approvals.json \
  screens/opening-new.json screens/opening-open.json screens/credit-new.json screens/credit-open.json \
  screens/chain-open.json screens/core-list.json screens/core-documents.json \
  screens/scorecards.json screens/scorecard.json screens/scorecard-bounds.json screens/scorecard-bin.json \
  screens/check-rules.json screens/check-rule.json screens/check-rule-change.json \
  screens/voice-way.part.json screens/service-decide.part.json screens/service-steps.part.json \
  screens/backlog-early.part.json screens/backlog-late.part.json \
  screens/application-papers.part.json screens/application-score.part.json \
  screens/application-way.part.json screens/application-decide.part.json \
  screens/core.json screens/core-line.json screens/core-line-new.json screens/core-lines.json screens/core-imports.json screens/report-application.json
dist_screens_DATA += screens/case-any.json screens/case-step.json \
  screens/suggestions.json screens/suggestion.json screens/suggestion-open.json \
  screens/suggestion-new.json screens/themes.json screens/suggestion-theme.json screens/theme-edit.json \
  screens/backlog.json screens/services.json screens/service.json screens/service-open.json \
  screens/service-new.json screens/report-suggestion.json screens/report-suggestion-topic.json \
  screens/report-handoff.json screens/cases.json
dist_screens_DATA += \
  screens/case-clocks.part.json screens/case-history.part.json screens/case-decision.part.json \
  screens/case-papers.part.json screens/case-work.part.json screens/case-decide.part.json \
  screens/case-more.part.json screens/case-choose.part.json screens/case-times.part.json \
  screens/application-times.part.json \
  screens/customer-assets.part.json screens/customer-relations.part.json \
  screens/customer-contacts.part.json screens/customer-services.part.json
dist_screens_DATA += screens/training.json screens/training-class.part.json \
  screens/class-quality.json screens/model.json
dist_screens_DATA += screens/payroll-lists.json screens/payroll.json screens/payroll-decide.part.json \
  screens/account-statements.json
dist_screens_DATA += screens/application-asked.part.json screens/application-found.part.json \
  screens/application-front.part.json screens/application-visit.part.json screens/application-end.part.json
