# English is the language of the sources; each other language is one catalogue po/LANGUAGE.po.
# `make update-po` brings new texts into the catalogues. Messages of the SQL files count as texts.
languages = zh_CN
EXTRA_DIST += po/collect po/extract-sql $(languages:%=po/%.po)

po/bankops.pot: FORCE
	@$(MKDIR_P) po
	@$(SHELL) $(srcdir)/po/collect > $@.new && mv $@.new $@

update-po: po/bankops.pot
	for language in $(languages); do \
	  $(MSGMERGE) --quiet --update --backup=none --no-fuzzy-matching --no-wrap --sort-output \
	    $(srcdir)/po/$$language.po po/bankops.pot && \
	  msgattrib --no-obsolete --no-wrap --sort-output -o $(srcdir)/po/$$language.po \
	    $(srcdir)/po/$$language.po || exit 1; done

share/locale/zh_CN/LC_MESSAGES/bankops.mo: $(srcdir)/po/zh_CN.po
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(MSGFMT) --check -o $@ $(srcdir)/po/zh_CN.po

catalogues = $(languages:%=share/locale/%/LC_MESSAGES/bankops.mo)
all-local: $(catalogues)
CLEANFILES += $(catalogues) po/bankops.pot

install-catalogues: $(catalogues)
	@for language in $(languages); do \
	  $(MKDIR_P) "$(DESTDIR)$(localedir)/$$language/LC_MESSAGES" && \
	  $(INSTALL_DATA) share/locale/$$language/LC_MESSAGES/bankops.mo \
	    "$(DESTDIR)$(localedir)/$$language/LC_MESSAGES/bankops.mo" || exit 1; done

uninstall-catalogues:
	@for language in $(languages); do \
	  rm -f "$(DESTDIR)$(localedir)/$$language/LC_MESSAGES/bankops.mo"; done

FORCE:
.PHONY: FORCE update-po install-catalogues uninstall-catalogues
