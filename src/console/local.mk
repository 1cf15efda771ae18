noinst_LIBRARIES += libconsole.a
libconsole_a_SOURCES = \
  src/console/action.c src/console/action.h \
  src/console/ahead.c src/console/ahead.h \
  src/console/catalogue.c src/console/catalogue.h \
  src/console/check.c src/console/check.h \
  src/console/check_part.c src/console/check_part.h \
  src/console/check_database.c src/console/check_database.h \
  src/console/command_arguments.c src/console/command_arguments.h \
  src/console/command_line.c src/console/command_line.h \
  src/console/command_complete.c src/console/command_complete.h \
  src/console/console.c src/console/console.h \
  src/console/console_key.c src/console/console_page.c src/console/console_paint.c \
  src/console/copy.c src/console/copy.h \
  src/console/csv.c src/console/csv.h \
  src/console/definition.c src/console/definition.h \
  src/console/definition_action.c \
  src/console/definition_part.c src/console/definition_part.h \
  src/console/dialog.c src/console/dialog.h \
  src/console/dialog_choose.c src/console/dialog_entry.c \
  src/console/entry.c src/console/entry.h \
  src/console/conflict.c src/console/conflict.h \
  src/console/page_form_conflict.c src/console/page_form_conflict.h \
  src/console/entry_editor.c src/console/entry_internal.h src/console/entry_lookup.c src/console/entry_editor.h \
  src/console/field_check.c src/console/field_check.h \
  src/console/file_field.c src/console/file_field.h \
  src/console/perform_file.c src/console/perform_file.h \
  src/console/export.c src/console/export.h \
  src/console/export_sheet.c src/console/export_sheet.h \
  src/console/finding.c src/console/finding.h \
  src/console/flow.c src/console/flow.h \
  src/console/format.c src/console/format.h \
  src/console/help.c src/console/help.h \
  src/console/machine.c src/console/machine.h \
  src/console/login.c src/console/login.h \
  src/console/names.c src/console/names.h \
  src/console/leave.c src/console/leave.h src/console/offer.c src/console/offer.h \
  src/console/page.c src/console/page.h \
  src/console/page_columns.c src/console/page_columns.h \
  src/console/page_form.c \
  src/console/page_list.c src/console/page_list.h \
  src/console/page_list_act.c src/console/page_list_paint.c src/console/page_list_settings.c \
  src/console/page_menu.c \
  src/console/page_report.c src/console/page_report.h src/console/page_report_paint.c \
  src/console/report_period.c src/console/report_period.h \
  src/console/page_view.c src/console/page_view.h \
  src/console/page_view_ahead.c src/console/page_view_layout.c src/console/page_view_reveal.c \
  src/console/panel.c src/console/panel.h src/console/panel_paint.c \
  src/console/part.c src/console/part.h \
  src/console/perform.c src/console/perform.h src/console/perform_call.c \
  src/console/perform_job.c src/console/perform_menu.c src/console/perform_job.h \
  src/console/perform_refusal.c \
  src/console/plain.c src/console/plain.h src/console/plain_internal.h \
  src/console/plain_list.c src/console/plain_menu.c src/console/plain_sheet.c \
  src/console/plain_talk.c src/console/plain_view.c \
  src/console/query.c src/console/query.h \
  src/console/report_total.c src/console/report_total.h \
  src/console/schema.c src/console/schema.h \
  src/console/seal.c src/console/seal.h \
  src/console/password.c src/console/password.h \
  src/console/preference.c src/console/preference.h \
  src/console/settings.c src/console/settings.h \
  src/console/task.c src/console/task.h \
  src/console/values.c src/console/values.h \
  src/console/work.c src/console/work.h src/console/work_reconcile.c src/console/work_try.c
