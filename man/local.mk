dist_man_MANS += man/bankops.1 man/bankops-profiles.5 man/bankops-rules.5 man/bankops-screens.5
EXTRA_DIST += man/keys

# The keys in bankops(1) come from the program's own table of actions.
update-man: bankops
	LANGUAGE=en ./bankops screens keys --man | $(SHELL) $(srcdir)/man/keys > man-keys.new
	sed -e '/^\.\\" keys: begin/,/^\.\\" keys: end/{/^\.\\" keys/!d;}' \
	  -e '/^\.\\" keys: begin/r man-keys.new' $(srcdir)/man/bankops.1 > man-page.new
	cp man-page.new $(srcdir)/man/bankops.1
	rm -f man-keys.new man-page.new
.PHONY: update-man
