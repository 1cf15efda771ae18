# Examples for systemd: installed beside the documents, to be copied and set by the administrator.
examplesdir = $(docdir)/systemd
systemd_units = systemd/bankops-work.service systemd/bankops-opening.service
nodist_examples_DATA = $(systemd_units)
dist_examples_DATA = systemd/bankops-opening.timer
EXTRA_DIST += systemd/bankops-work.service.in systemd/bankops-opening.service.in
CLEANFILES += $(systemd_units)
systemd/bankops-work.service: systemd/bankops-work.service.in Makefile
systemd/bankops-opening.service: systemd/bankops-opening.service.in Makefile
$(systemd_units):
	$(AM_V_GEN)mkdir -p systemd && sed 's|@bindir[@]|$(bindir)|g' $(srcdir)/$@.in > $@
