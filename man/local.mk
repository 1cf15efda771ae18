dist_man_MANS += man/bankops.1 man/bankops-screens.5
